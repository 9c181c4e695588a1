import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { parseLog } from "../harness/log-lines.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { isRunning } from "../harness/process-guard.ts";

const WRITERS = 4;
const WRITES = 3_000;

/** Stops a node in the way under test. */
type Stop = (node: NodeProcess) => void;

const stops: readonly [name: string, stop: Stop][] = [
  ["SIGTERM", (node) => node.signal("SIGTERM")],
  [
    "ctrl-C, which npm delivers twice",
    (node) => {
      node.signal("SIGINT");
      node.signal("SIGINT");
    },
  ],
];

/**
 * Writes `WRITES` values in one go and reads until the node closes the connection; the number of replies. Calls `onReply`
 * with the first.
 */
async function writeAll(client: LineClient, writer: string, onReply: () => void): Promise<number> {
  const lines = Array.from({ length: WRITES }, (_, at) => `PUT b ${writer}-${at} ${writer}.${at}`);
  client.sendLines(...lines);
  let replies = 0;
  for (let reply = await client.readRaw(); reply !== undefined; reply = await client.readRaw()) {
    assert.equal(reply.toString(), "OK\r\n");
    replies += 1;
    onReply();
  }
  assert.equal(client.rest.toString(), "", "no reply is cut");
  return replies;
}

/** Reads back what each writer was told to be there. */
async function assertKept(home: NodeHome, acknowledged: readonly number[]): Promise<void> {
  await using node = await home.start();
  await using client = await LineClient.connect(node.port);
  for (const [writer, replies] of acknowledged.entries()) {
    const keys = Array.from({ length: replies }, (_, at) => `w${writer}-${at}`);
    client.sendLines(...keys.map((key) => `GET b ${key}`));
    const values = await client.readMany(2 * replies);
    const expected = keys.flatMap((key) => [key.replace("-", "."), "OK"]);
    assert.deepEqual(values, expected);
  }
}

suite("a node that is stopped", () => {
  for (const [name, stop] of stops) {
    test(`by ${name} while writes are in flight: sends the replies due, exits with 0, keeps all`, async () => {
      await using home = await openNodeHome();
      const node = await home.start();
      await using first = await LineClient.connect(node.port);
      await first.ask("CREATE b");
      let isStopping = false;
      const onReply = (): void => {
        if (!isStopping) stop(node);
        isStopping = true;
      };
      const acknowledged = await Promise.all(
        Array.from({ length: WRITERS }, async (_, writer) => {
          await using client = await LineClient.connect(node.port);
          const replies = await writeAll(client, `w${writer}`, onReply);
          assert.equal(await client.ending(), "end", "the connection ends in order");
          return replies;
        }),
      );
      assert.deepEqual(await node.exit(), { code: 0, signal: null });
      assert.equal(node.stderr, "");
      assert.ok(!isRunning(node.pid), "the process is gone");
      assert.ok(acknowledged.some((replies) => replies > 0));
      await assertKept(home, acknowledged);
    });
  }

  test("accepts no more connections, seals the log and says so", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await node.stop();
    await assert.rejects(LineClient.connect(node.port));
    const types = parseLog(node.stdout).map(({ type }) => type);
    assert.deepEqual(types.slice(types.indexOf("signal")), ["signal", "drained", "sealed"]);
  });

  test("does not wait for a client that is silent", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    await using client = await LineClient.connect(node.port);
    client.send("CREATE half a li");
    await using other = await LineClient.connect(node.port);
    await other.ask("NOPE");
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
    assert.equal(await client.ending(), "end");
  });

  test("stays stoppable while it starts", async () => {
    await using home = await openNodeHome();
    const node = await home.spawn();
    await node.logged(/Opened the store/u);
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
  });
});
