import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { LineClient } from "../harness/line-client.ts";
import { parseLog } from "../harness/log-lines.ts";
import { type NodeHome, openNodeHome } from "../harness/node-home.ts";
import type { NodeProcess } from "../harness/node-process.ts";
import { isRunning } from "../harness/process-guard.ts";

const WRITERS = 4;
/** How many requests a writer keeps in flight. */
const DEPTH = 200;
const STOP_AFTER = 5_000;

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

/** What a writer sent, and how much of it was answered. */
interface Written {
  readonly sent: number;
  readonly answered: number;
}

/** Puts one key after the other, many in flight, until the node ends the connection. */
async function writeUntilEnd(port: number, writer: number, onReply: () => void): Promise<Written> {
  await using client = await LineClient.connect(port);
  let sent = 0;
  let answered = 0;
  const send = (): void => {
    const lines = Array.from({ length: DEPTH / 2 }, () => `PUT b ${keyOf(writer, sent)} ${sent++}`);
    client.sendLines(...lines);
  };
  send();
  send();
  for (let reply = await client.readRaw(); reply !== undefined; reply = await client.readRaw()) {
    assert.equal(reply.toString(), "OK\r\n");
    answered += 1;
    onReply();
    if (sent - answered <= DEPTH / 2) send();
  }
  assert.equal(await client.ending(), "end", "the connection ends in order");
  assert.equal(client.rest.toString(), "", "no reply is cut");
  return { sent, answered };
}

function keyOf(writer: number, at: number): string {
  return `w${writer}-${at}`;
}

/**
 * Every write that was answered is there, and no other: a write that is there was carried out, so its reply was due.
 */
async function assertKept(home: NodeHome, written: readonly Written[]): Promise<void> {
  const { port } = await home.start();
  for (const [writer, { sent, answered }] of written.entries()) {
    await using client = await LineClient.connect(port);
    const numbers = Array.from({ length: sent }, (_, at) => at);
    client.sendLines(...numbers.map((at) => `GET b ${keyOf(writer, at)}`));
    const replies = await client.readMany(2 * sent);
    const kept = replies.filter((reply) => reply !== "OK" && reply !== "");
    assert.deepEqual(kept, numbers.slice(0, answered).map(String));
  }
}

suite("a node that is stopped", () => {
  for (const [name, stop] of stops) {
    test(`by ${name} while writes are in flight: sends the replies due, exits with 0, keeps all`, async () => {
      await using home = await openNodeHome();
      const node = await home.start();
      await using first = await LineClient.connect(node.port);
      await first.ask("CREATE b");
      let replies = 0;
      const onReply = (): void => {
        if (++replies === STOP_AFTER) stop(node);
      };
      const written = await Promise.all(
        Array.from({ length: WRITERS }, (_, writer) => writeUntilEnd(node.port, writer, onReply)),
      );
      assert.deepEqual(await node.exit(), { code: 0, signal: null });
      assert.equal(node.stderr, "");
      assert.ok(!isRunning(node.pid), "the process is gone");
      await assertKept(home, written);
    });
  }

  test("accepts no more connections, seals the log and says so", async () => {
    await using home = await openNodeHome();
    const node = await home.start();
    const respPort = await node.acceptingResp();
    await node.stop();
    await assert.rejects(LineClient.connect(node.port));
    await assert.rejects(LineClient.connect(respPort));
    const types = parseLog(node.stdout).map(({ type }) => type);
    assert.deepEqual(types.slice(types.indexOf("signal")), [
      "signal",
      "drained",
      "drained",
      "sealed",
    ]);
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
    await node.logged(/"type":"opened"/u);
    assert.deepEqual(await node.stop(), { code: 0, signal: null });
  });
});
