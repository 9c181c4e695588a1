import assert from "node:assert/strict";
import { readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { type HomeNodeOptions, openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { openSmallDisk, type SmallDisk } from "../harness/small-disk.ts";

const FILE_LIMIT_BLOCKS = 1_024;
const VALUE = "x".repeat(20_000);
/** More than the limit holds, however large the shell's blocks are. */
const MOST_WRITES = 100;

/** A client that knows which of its writes were acknowledged. */
class Filler {
  readonly #client: LineClient;
  readonly #acknowledged: string[] = [];
  #count = 0;

  constructor(client: LineClient) {
    this.#client = client;
  }

  get acknowledged(): readonly string[] {
    return this.#acknowledged;
  }

  /** The last key that was put, or was to be. */
  get latest(): string {
    return `k${this.#count}`;
  }

  /** Puts so many new keys. */
  async put(count: number): Promise<void> {
    for (let left = count; left > 0; left--) {
      assert.deepEqual(await this.#put(), ["OK"], this.latest);
      this.#acknowledged.push(this.latest);
    }
  }

  /** Puts one new key after the other until the node cannot write one down; what it is told then. */
  async fill(): Promise<string> {
    for (let left = MOST_WRITES; left > 0; left--) {
      const [reply = ""] = await this.#put();
      if (reply !== "OK") return reply;
      this.#acknowledged.push(this.latest);
    }
    throw new Error(`The node took ${MOST_WRITES} writes`);
  }

  #put(): Promise<readonly string[]> {
    this.#count += 1;
    return this.#client.ask(`PUT b ${this.latest} ${VALUE}`);
  }
}

async function assertKept(port: number, keys: readonly string[]): Promise<void> {
  await using reader = await LineClient.connect(port);
  for (const key of keys) assert.deepEqual(await reader.ask(`GET b ${key}`, 2), [VALUE, "OK"], key);
}

/** Keeps everybody else from writing, until it is disposed of. */
function takeAllSpace({ outsidePath }: SmallDisk): Disposable {
  const path = join(outsidePath, "ballast");
  const { bavail, bsize } = statfsSync(outsidePath);
  writeFileSync(path, new Uint8Array(bavail * bsize));
  return { [Symbol.dispose]: () => rmSync(path) };
}

function countSegments({ outsidePath }: SmallDisk): number {
  const names = readdirSync(join(outsidePath, "data", "kv"));
  return names.filter((name) => name.endsWith(".log")).length;
}

/** Resolves when the node has logged the event `type` so many times. */
function loggedTimes(node: NodeProcess, type: string, times: number): Promise<unknown> {
  return node.logged(new RegExp(`(?:"type":"${type}"[^]*){${times}}`, "u"));
}

suite("a node whose disk is full", () => {
  test("takes no writes, says so, serves reads, and goes on by itself once there is space", async (t) => {
    const opened = await openSmallDisk(16 * 2 ** 20);
    if (typeof opened === "string") return t.skip(opened);
    await using disk = opened;
    await using home = await openNodeHome();
    const options: HomeNodeOptions = {
      launcher: disk.launcher,
      env: { KV_DATA_DIR: join(disk.path, "data") },
      settings: [{ application: "kv", path: ["storage"], value: { segmentLimitBytes: 2 ** 22 } }],
    };
    const node = await home.start(options);
    await using client = await LineClient.connect(node.port);
    const filler = new Filler(client);
    await client.ask("CREATE b");

    // The disk is full in the midst of a segment at times, and once when a new one is to be begun: when nobody else leaves any
    // space the log has a mebibyte of room, or less, in its own file.
    let begunSegments = 0;
    for (const [round, puts] of [5, 110, 10].entries()) {
      await filler.put(puts);
      const segments = countSegments(disk);
      {
        using _ = takeAllSpace(disk);
        assert.match(await filler.fill(), /^ERROR the write may have been applied: .*disk full/u);
        await loggedTimes(node, "writes-held", round + 1);
        for (const command of [`PUT b refused-${round} v`, "DELETE b k1"]) {
          const [reply = ""] = await client.ask(command);
          assert.match(reply, /^ERROR the write was not applied: .*disk full/u);
        }
        await assertKept(node.port, filler.acknowledged);
      }
      await loggedTimes(node, "writes-resumed", round + 1);
      begunSegments += countSegments(disk) - segments;
      // What may have been applied was: it waited for the space.
      await assertKept(node.port, [filler.latest]);
      assert.deepEqual(await client.ask(`GET b refused-${round}`, 2), ["", "OK"]);
    }
    assert.equal(begunSegments, 1);
    await filler.put(1);
    await client.ask("DELETE b k1");
    assert.equal((await node.stop()).code, 0);

    const again = await home.start(options);
    await assertKept(again.port, filler.acknowledged.slice(1));
    await using reader = await LineClient.connect(again.port);
    for (const key of ["refused-0", "refused-2", "k1"]) {
      assert.deepEqual(await reader.ask(`GET b ${key}`, 2), ["", "OK"]);
    }
    assert.equal((await again.stop()).code, 0);
    return undefined;
  });

  test("is started again without losing anything, before there is space and after", async (t) => {
    const opened = await openSmallDisk(4 * 2 ** 20);
    if (typeof opened === "string") return t.skip(opened);
    await using disk = opened;
    await using home = await openNodeHome();
    const options: HomeNodeOptions = {
      launcher: disk.launcher,
      env: { KV_DATA_DIR: join(disk.path, "data") },
    };
    const node = await home.start(options);
    await using client = await LineClient.connect(node.port);
    const filler = new Filler(client);
    await client.ask("CREATE b");
    await filler.put(5);
    const ballast = takeAllSpace(disk);
    await filler.fill();
    await node.kill();

    const full = await home.start(options);
    await assertKept(full.port, filler.acknowledged);
    await using writer = await LineClient.connect(full.port);
    assert.match((await writer.ask("PUT b k v"))[0] ?? "", /^(?:OK|ERROR .*disk full.*)$/u);
    assert.equal((await full.stop()).code, 0);

    ballast[Symbol.dispose]();
    const roomy = await home.start(options);
    await assertKept(roomy.port, filler.acknowledged);
    await using last = await LineClient.connect(roomy.port);
    assert.deepEqual(await last.ask("PUT b k v"), ["OK"]);
    return undefined;
  });
});

suite("a node whose disk fails otherwise", () => {
  test("takes no more writes, says so, serves reads, and has kept what it acknowledged", async () => {
    await using home = await openNodeHome();
    const node = await home.start({ fileLimitBlocks: FILE_LIMIT_BLOCKS });
    await using client = await LineClient.connect(node.port);
    const filler = new Filler(client);
    await client.ask("CREATE b");
    assert.match(await filler.fill(), /^ERROR the write may have been applied: /u);
    assert.ok(filler.acknowledged.length > 0);
    await node.logged(/"writes-stopped"/u);
    await node.logged(/"request-failed"/u);

    for (const command of ["PUT b small v", "DELETE b k1"]) {
      const [reply = ""] = await client.ask(command);
      assert.match(reply, /^ERROR the write was not applied: the node takes no writes/u);
    }
    await assertKept(node.port, filler.acknowledged);
    await node.stop();

    const roomy = await home.start();
    await assertKept(roomy.port, filler.acknowledged);
    await using reader = await LineClient.connect(roomy.port);
    assert.deepEqual(await reader.ask("GET b small", 2), ["", "OK"]);
    assert.deepEqual(await reader.ask("PUT b small v"), ["OK"]);
  });
});
