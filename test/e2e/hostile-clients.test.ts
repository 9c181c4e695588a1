/** Clients that mean ill, or know no better, at each door of a real node, beside a healthy one at the same door. */
import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import {
  Caller,
  type HostileScene,
  openHostileScene,
  peakBytes,
  type Tongue,
  tongues,
} from "./hostile-door.ts";

const MIB = 2 ** 20;

/** A node that does nothing takes some 80 MiB; the collector lets garbage lie for a while. */
const PEAK_LIMIT_BYTES = 320 * MIB;

async function expectLittleMemory(
  { node }: HostileScene,
  context: TestContext,
  limitBytes = PEAK_LIMIT_BYTES,
): Promise<void> {
  const peak = await peakBytes(node.pid);
  if (peak === undefined) return;
  context.diagnostic(`peak ${Math.round(peak / MIB)} MiB`);
  assert.ok(peak < limitBytes, `${peak} bytes at the most`);
}

for (const tongue of tongues) {
  suite(`a healthy client of ${tongue.name} is answered`, { timeout: 60_000 }, () => {
    test("beside a thousand that send a byte now and then, and those are answered in the end", async (context) => {
      await using scene = await openHostileScene(tongue);
      const slow = await Promise.all(
        Array.from({ length: 1000 }, () => Caller.connect(scene.port)),
      );
      const { request, reply } = tongue.put;
      for (const byte of request) {
        await scene.greet();
        for (const each of slow) each.socket.write(Buffer.of(byte));
      }
      const replies = await Promise.all(slow.map((each) => each.read(reply.length)));
      assert.deepEqual(new Set(replies), new Set([reply]));
      await expectLittleMemory(scene, context);
      for (const each of slow) await each[Symbol.asyncDispose]();
    });

    test("beside one that asks for much and does not read, until that is cut", async (context) => {
      await using scene = await openHostileScene(tongue, {
        pendingOutputLimitBytes: MIB,
        slowReaderTimeoutMs: 300,
      });
      await using slow = await Caller.connect(scene.port);
      const value = "v".repeat(MIB / 2);
      await slow.ask(putOf(tongue, value));
      slow.socket.removeAllListeners("data").pause();
      const { request } = tongue.get("much", value);
      slow.socket.write(Buffer.concat(Array.from({ length: 1000 }, () => request)));
      await greetUntil(scene, scene.node.logged(/"slow-reader-cut"/u));
      await scene.greet();
      await expectLittleMemory(scene, context);
    });

    test("beside a flood of requests that are none, each with its error", async (context) => {
      await using scene = await openHostileScene(tongue);
      await using flooding = await Caller.connect(scene.port);
      const count = 200_000;
      const error =
        tongue.name === "line"
          ? "UNKNOWN COMMAND\r\n"
          : "-ERR unknown command 'NOPE', with args beginning with: \r\n";
      const nope = Buffer.from("NOPE\r\n");
      const poured = flooding.pour(Buffer.alloc(1000 * nope.length, nope), count * nope.length);
      const replies = await greetUntil(scene, flooding.read(count * error.length));
      await poured;
      assert.ok(replies === error.repeat(count));
      await expectLittleMemory(scene, context);
    });
  });
}

suite("a healthy client of resp is answered, whatever lengths others announce", {
  timeout: 60_000,
}, () => {
  const resp = tongueOf("resp");

  test("beside headers of 1 GiB, which are no RESP, and cost nothing", async (context) => {
    await using scene = await openHostileScene(resp);
    for (const [header, reason] of [
      ["*3\r\n$4\r\nHSET\r\n$1\r\nb\r\n$1073741824\r\n", "invalid bulk length"],
      ["*1\r\n$1073741824\r\n", "invalid bulk length"],
      ["*1073741824\r\n", "invalid multibulk length"],
      ["*1\r\n$-1073741824\r\n", "invalid bulk length"],
    ] as const) {
      await using caller = await Caller.connect(scene.port);
      const reply = `-ERR Protocol error: ${reason}\r\n`;
      caller.socket.write(header);
      await scene.greet();
      assert.equal(await caller.read(reply.length + 1), reply, header);
    }
    await expectLittleMemory(scene, context);
  });

  test("beside a hundred that announce 512 MiB where that is allowed, and send a little of it", async (context) => {
    const limits = { valueLimitBytes: 512 * MIB, requestLimitBytes: 1024 * MIB };
    await using scene = await openHostileScene(resp, limits);
    const announcing = await Promise.all(
      Array.from({ length: 100 }, () => Caller.connect(scene.port)),
    );
    for (const each of announcing) {
      each.socket.write("*4\r\n$4\r\nHSET\r\n$1\r\nb\r\n$1\r\nk\r\n$536870912\r\nxxx");
    }
    await scene.greet();
    // What comes of them costs what it is, not what was announced.
    for (const each of announcing) each.socket.write(Buffer.alloc(10_000, "x"));
    await scene.greet();
    await expectLittleMemory(scene, context);
    for (const each of announcing) await each[Symbol.asyncDispose]();
  });

  test("while a value that is too long is sent all the same, and dropped", async (context) => {
    await using scene = await openHostileScene(resp);
    await using caller = await Caller.connect(scene.port);
    const length = 256 * MIB;
    caller.socket.write(`*4\r\n$4\r\nHSET\r\n$1\r\nb\r\n$1\r\nk\r\n$${length}\r\n`);
    await greetUntil(scene, caller.pour(Buffer.alloc(MIB / 4, "x"), length));
    caller.socket.write("\r\nPING\r\n");
    const replies = "-ERR the value is longer than the limit of 67108864 bytes\r\n+PONG\r\n";
    assert.equal(await caller.read(replies.length), replies);
    await expectLittleMemory(scene, context);
  });
});

suite("a healthy client of line is answered, however long lines of others are", {
  timeout: 60_000,
}, () => {
  test("while a line is sent that does not end, and dropped", async (context) => {
    await using scene = await openHostileScene(tongueOf("line"));
    await using caller = await Caller.connect(scene.port);
    caller.socket.write("PUT shopping milk ");
    await greetUntil(scene, caller.pour(Buffer.alloc(MIB / 4, "x"), 256 * MIB));
    caller.socket.write("\r\nNOPE\r\n");
    const replies =
      "ERROR the line is longer than the limit of 1048576 bytes\r\nUNKNOWN COMMAND\r\n";
    assert.equal(await caller.read(replies.length), replies);
    await expectLittleMemory(scene, context);
  });
});

/** What `awaited` comes to; the healthy client goes on until then. */
async function greetUntil<Value>({ greet }: HostileScene, awaited: Promise<Value>): Promise<Value> {
  const progress = { isOver: false };
  const settled = awaited.finally(() => {
    progress.isOver = true;
  });
  while (!progress.isOver) await greet();
  return settled;
}

function putOf({ name }: Tongue, value: string): { request: Buffer; reply: string } {
  return name === "line"
    ? { request: Buffer.from(`PUT shopping much ${value}\r\n`), reply: "OK\r\n" }
    : {
        request: Buffer.from(
          `*4\r\n$4\r\nHSET\r\n$8\r\nshopping\r\n$4\r\nmuch\r\n$${value.length}\r\n${value}\r\n`,
        ),
        reply: ":1\r\n",
      };
}

function tongueOf(name: Tongue["name"]): Tongue {
  const found = tongues.find((tongue) => tongue.name === name);
  assert.ok(found !== undefined);
  return found;
}
