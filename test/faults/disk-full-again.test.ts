import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { openNodeHome } from "../harness/node-home.ts";

const DISK_BYTES = 12 * 2 ** 20;
const BALLAST_BYTES = 8 * 2 ** 20;
const VALUE = "x".repeat(50_000);
/** More than the disk holds. */
const MOST_WRITES = 300;

/** Why no small disk can be made here, if that is so. */
function obstacle(): string | false {
  const isRoot = process.getuid?.() === 0;
  if (process.platform === "linux" && isRoot) return false;
  return "a small disk is a tmpfs, which only root on Linux can mount";
}

/** A disk of some megabytes at `path`, until it is disposed of. */
async function mountSmallDisk(path: string): Promise<Disposable> {
  await mkdir(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_BYTES}`, "tmpfs", path]);
  return { [Symbol.dispose]: () => void execFileSync("umount", ["-l", path]) };
}

/** Puts one key after the other until the node refuses one; how many it took. */
async function fill(client: LineClient): Promise<number> {
  for (let at = 0; at < MOST_WRITES; at++) {
    const [reply] = await client.ask(`PUT b k${at} ${VALUE}`);
    if (reply === "OK") continue;
    assert.match(reply ?? "", /^ERROR the write may have been applied: .* \(disk full\)$/u);
    return at;
  }
  throw new Error(`The node took ${MOST_WRITES} writes`);
}

suite("a disk that was full", { skip: obstacle() }, () => {
  for (const sync of ["always", "everysec"]) {
    test(`is written to again without a restart, sync "${sync}", and nothing acknowledged is lost`, async () => {
      await using home = await openNodeHome();
      using disk = await mountSmallDisk(home.dataDirectory);
      void disk;
      const ballast = join(home.dataDirectory, "ballast");
      await writeFile(ballast, new Uint8Array(BALLAST_BYTES));
      const settings = [{ application: "kv", path: ["storage", "sync"], value: sync }];
      const node = await home.start({ settings });
      await using client = await LineClient.connect(node.port);
      await client.ask("CREATE b");
      const taken = await fill(client);
      assert.ok(taken > 0);
      await node.logged(/"writes-held"/u);
      assert.deepEqual(await client.ask("PUT b small v"), [
        "ERROR the write was not applied: the node takes no writes (disk full)",
      ]);
      assert.deepEqual(await client.ask("GET b k0", 2), [VALUE, "OK"]);

      await rm(ballast);
      await node.logged(/"writes-resumed"/u);
      assert.deepEqual(await client.ask("PUT b small v"), ["OK"]);
      // What was unknown is known now: it was kept, and written first.
      assert.deepEqual(await client.ask(`GET b k${taken}`, 2), [VALUE, "OK"]);
      await node.kill();

      const again = await home.start({ settings });
      await using reader = await LineClient.connect(again.port);
      for (let at = 0; at <= taken; at++) {
        assert.deepEqual(await reader.ask(`GET b k${at}`, 2), [VALUE, "OK"]);
      }
      assert.deepEqual(await reader.ask("GET b small", 2), ["v", "OK"]);
      await again.stop();
    });
  }
});
