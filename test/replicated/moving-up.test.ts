import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";
import { within } from "../harness/deadline.ts";
import { LineClient } from "../harness/line-client.ts";
import { MovingNodes, type RunningNode } from "../harness/moving-nodes.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import { operate, startOperator } from "../harness/operator.ts";
import { watchDirectory } from "../harness/watch-directory.ts";
import { movingLine, movingResp, MovingWriter } from "./moving-writer.ts";

const patient = { timeout: 60_000 };

/** The first moment of the year 2100. */
const farMs = 4_102_444_800_000;

suite("moving up to a cluster", { skip: withoutServer }, () => {
  let cluster: LocalCluster;
  let home: NodeHome;
  let east: RunningNode;

  const startEast = async (): Promise<RunningNode> =>
    await home.start({ env: { KV_NODE: "east", KV_REDIS_CLUSTER: cluster.addresses.join(",") } });
  /** What a command of east's operator prints, which has to end well. */
  const atEast = async (...words: readonly string[]): Promise<string> =>
    succeeded(await operate([...words, "--node", "east"], home));

  before(async () => {
    cluster = await startCluster({ primaries: 3, replicas: 1 });
    home = await openNodeHome();
    east = await startEast();
  });
  after(async () => {
    await home[Symbol.asyncDispose]();
    await cluster[Symbol.asyncDispose]();
  });

  test(
    "goes on where it was when the operator or the node is killed in mid-import; a damaged file and a missing key are told",
    patient,
    async () => {
      await using nodes = await MovingNodes.start(["old"], "a-z=old");
      const line = await nodes.line("old");
      const keys = 8000;
      line.sendLines(
        "CREATE many",
        ...Array.from({ length: keys }, (_, key) => `PUT many k${key} ${key}`),
      );
      for (const reply of await line.readMany(keys + 1)) assert.equal(reply, "OK");
      const file = join(nodes.home.path, "many.ndjson");
      succeeded(await nodes.operate("old", "export", file));
      const { checksum } = checksumIn(succeeded(await nodes.operate("old", "checksum", "--json")));

      const bytes = await readFile(file);
      const damaged = join(nodes.home.path, "damaged.ndjson");
      const at = bytes.indexOf('"value":"1234"');
      bytes[at + 10] = (bytes[at + 10] ?? 0) ^ 1;
      await writeFile(damaged, bytes);
      const refused = await operate(["import", damaged, "--node", "east"], home);
      assert.equal(refused.code, 1);
      assert.match(
        refused.stderr,
        /it is damaged: what stands before byte \d+ is not what was written/u,
      );

      await killedInMidImport(file, ["import", file], (child) => child.kill("SIGKILL"));
      await killedInMidImport(file, ["import", file, "--resume"], () => {
        process.kill(east.pid, "SIGKILL");
      });
      await east.exited;
      east = await startEast();
      const imported = await atEast("import", file, "--resume");
      assert.match(imported, /^Imported 1 bucket and 8,000 keys from /u);
      assert.equal(existsSync(`${file}.progress`), false);
      await atEast("checksum", "--expect", checksum);
      const twice = ["checksum", "--expect", `${checksum}+${checksum}`, "--node", "east"];
      const other = await operate(twice, home);
      assert.equal(other.code, 1);
      assert.match(
        other.stderr,
        /Cannot confirm what is stored: expected .* keys .*, there are .* keys/u,
      );
      const [eastLine, eastResp] = await doorsOf(east);
      assert.deepEqual(await eastResp.ask("DEL many"), [":1"]);
      await Promise.all([eastLine, eastResp].map((client) => client[Symbol.asyncDispose]()));
    },
  );

  test(
    "of one node, under writers: nothing that was acknowledged is lost or reverted",
    patient,
    async (t) => {
      await using nodes = await MovingNodes.start(["old"], "a-z=old");
      const atOld = async (...words: readonly string[]): Promise<string> =>
        succeeded(await nodes.operate("old", ...words));
      const file = (name: string): string => join(nodes.home.path, name);
      const line = await nodes.line("old");
      const resp = await nodes.resp("old");
      const buckets = ["apples", "jam", "nuts"];
      line.sendLines(...[...buckets, "gone", "again"].map((bucket) => `CREATE ${bucket}`));
      line.sendLines("PUT gone k v", "PUT again k old", "PUT again left v", "PUT apples before v");
      for (const reply of await line.readMany(9)) assert.equal(reply, "OK");
      resp.sendLines(`HSET timed k v`, `PEXPIREAT timed ${farMs}`);
      assert.deepEqual(await resp.readMany(2), [":1", ":1"]);
      // Bytes that are no text, an empty value.
      await atOld("put", "--base64", base64("jam"), "/wD+", "");
      const writers = [
        new MovingWriter(await nodes.line("old"), { name: "a", dialect: movingLine, buckets }),
        new MovingWriter(await nodes.resp("old"), { name: "b", dialect: movingResp, buckets }),
      ].map((writer) => writer.start());
      await Promise.all(writers.map((writer) => writer.more(100)));

      await atOld("export", file("all.ndjson"));
      assert.equal(await resp.ask("DEL gone").then(String), ":1");
      assert.equal(await resp.ask("DEL again").then(String), ":1");
      resp.sendLines("HSET again k new", "HSET fresh k v", "HDEL apples before", "PERSIST timed");
      assert.deepEqual(await resp.readMany(4), [":1", ":1", ":1", ":1"]);
      await atEast("import", file("all.ndjson"));
      await Promise.all(writers.map((writer) => writer.more(100)));

      await atOld("fence", "on");
      await Promise.all(writers.map((writer) => writer.refused()));
      assert.deepEqual(await line.ask("GET again k", 2), ["new", "OK"]);
      await atOld("export", "--since", file("all.ndjson"), file("delta.ndjson"));
      await atEast("import", file("delta.ndjson"));
      const { checksum } = checksumIn(await atOld("checksum", "--json"));
      await atEast("checksum", "--expect", checksum);

      const [eastLine, eastResp] = await doorsOf(east);
      const fencedAt = writers.map(({ acknowledged }) => acknowledged);
      // Before they write over it: what was acknowledged last is what was taken along.
      for (const [at, client] of [eastLine, eastResp].entries()) {
        await writers[at]?.audit(client);
        writers[at]?.moveTo(client);
      }
      await Promise.all(writers.map((writer) => writer.more(100)));
      await Promise.all(writers.map((writer) => writer.stop()));
      for (const [at, client] of [eastLine, eastResp].entries()) await writers[at]?.audit(client);
      assert.deepEqual(await eastLine.ask("GET gone k"), ["NOT FOUND"]);
      assert.deepEqual(await eastLine.ask("GET again k", 2), ["new", "OK"]);
      assert.deepEqual(await eastLine.ask("GET again left", 2), ["", "OK"]);
      assert.deepEqual(await eastResp.ask("TTL timed"), [":-1"]);
      // A bucket that goes with its last key still does.
      assert.deepEqual(await eastResp.ask("HDEL fresh k"), [":1"]);
      assert.deepEqual(await eastLine.ask("GET fresh k"), ["NOT FOUND"]);
      await Promise.all([eastLine, eastResp].map((client) => client[Symbol.asyncDispose]()));
      t.diagnostic(
        `${fencedAt.join(" + ")} writes acknowledged before the fence, ${writers.map(({ acknowledged }) => acknowledged).join(" + ")} in all, 0 lost`,
      );
    },
  );

  test("of two nodes that share the buckets: their checksums add up", patient, async () => {
    const there = checksumIn(await atEast("checksum", "--json")).checksum;
    await using nodes = await MovingNodes.start(["foo", "bar"], "a-m=foo,n-z=bar");
    const names = ["foo", "bar"] as const;
    const at = async (name: string, ...words: readonly string[]): Promise<string> =>
      succeeded(await nodes.operate(name, ...words));
    const file = (name: string): string => join(nodes.home.path, `${name}.ndjson`);
    const buckets = ["cherries", "pears"];
    const line = await nodes.line("foo");
    line.sendLines(...buckets.map((bucket) => `CREATE ${bucket}`));
    assert.deepEqual(await line.readMany(2), ["OK", "OK"]);
    const writers = [
      new MovingWriter(await nodes.line("foo"), { name: "a", dialect: movingLine, buckets }),
      new MovingWriter(await nodes.resp("bar"), { name: "b", dialect: movingResp, buckets }),
    ].map((writer) => writer.start());
    await Promise.all(writers.map((writer) => writer.more(100)));
    await Promise.all(names.map((name) => at(name, "export", file(name))));
    await Promise.all(names.map((name) => atEast("import", file(name))));
    await at("bar", "fence", "on");
    await Promise.all(writers.map((writer) => writer.refused()));
    const sums = await Promise.all(
      names.map(async (name) => {
        await at(name, "export", "--since", file(name), file(`${name}-delta`));
        return checksumIn(await at(name, "checksum", "--json")).checksum;
      }),
    );
    await Promise.all(names.map((name) => atEast("import", file(`${name}-delta`))));
    await atEast("checksum", "--expect", [there, ...sums].join("+"));
    const [eastLine, eastResp] = await doorsOf(east);
    for (const [index, client] of [eastLine, eastResp].entries()) {
      await writers[index]?.audit(client);
      writers[index]?.moveTo(client);
      await writers[index]?.more(20);
      await writers[index]?.stop();
      await writers[index]?.audit(client);
      await client[Symbol.asyncDispose]();
    }
  });

  /** Runs an import and has it killed when the first of it, or more of it than before, was acknowledged. */
  async function killedInMidImport(
    file: string,
    words: readonly string[],
    kill: (child: ReturnType<typeof startOperator>["child"]) => void,
  ): Promise<void> {
    const acknowledged = Promise.withResolvers<void>();
    using _ = watchDirectory(dirname(file), (name) => {
      if (name === `${basename(file)}.progress`) acknowledged.resolve();
    });
    const { child, done } = startOperator([...words, "--node", "east"], home);
    await within(Promise.race([acknowledged.promise, done]), "a batch to be acknowledged");
    kill(child);
    const { code, stderr } = await done;
    assert.notEqual(code, 0, "the import was over before it was killed");
    assert.ok(existsSync(`${file}.progress`), stderr);
  }
});

async function doorsOf(node: RunningNode): Promise<readonly [LineClient, LineClient]> {
  const ports = [node.port, await node.acceptingResp()] as const;
  return [await LineClient.connect(ports[0]), await LineClient.connect(ports[1])];
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function succeeded({ code, stdout, stderr }: Awaited<ReturnType<typeof operate>>): string {
  assert.equal(code, 0, stderr);
  return stdout;
}

/** What `checksum --json` prints. */
function checksumIn(stdout: string): { readonly checksum: string } {
  const parsed: unknown = JSON.parse(stdout);
  assert.ok(typeof parsed === "object" && parsed !== null && "checksum" in parsed, stdout);
  return { checksum: String(parsed.checksum) };
}
