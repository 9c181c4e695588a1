import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventRecorder } from "../test/event-recorder.ts";
import { startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";

const mebibyte = 1024 * 1024;
const value = Buffer.alloc(mebibyte, "v");
const reply = `${value.toString()}\r\nOK\r\n`;

/** More than the operating system buffers for a connection whose client does not read. */
const requestCount = 64;

suite("a client that does not read its replies", { timeout: 20_000 }, () => {
  test("has no more requests executed than its limit allows, and is cut", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({
      pendingOutputLimitBytes: 2 * mebibyte,
      slowReaderTimeoutMs: 100,
    });
    server.kv.plant("a", "k", value);
    await using client = await TestClient.connect(server.port);
    client.socket.pause();
    client.send("GET a k\r\n".repeat(requestCount));
    const event = await recorder.first("slow-reader-cut");
    assert.ok(server.kv.asked < requestCount, `${server.kv.asked} requests were executed`);
    assert.ok(event.type === "slow-reader-cut" && event.pendingBytes < 4 * mebibyte);
    assert.notEqual(await client.rest(), reply.repeat(requestCount));
  });

  test("gets them all when it reads on, in order", async () => {
    await using server = await startTestListener({ pendingOutputLimitBytes: 64 * 1024 });
    server.kv.plant("a", "k", value);
    await using client = await TestClient.connect(server.port);
    client.send(`${"GET a k\r\n".repeat(requestCount)}NOPE\r\n`);
    assert.ok((await client.finish()) === `${reply.repeat(requestCount)}UNKNOWN COMMAND\r\n`);
  });

  test("leaves the others in peace", async () => {
    await using server = await startTestListener({ slowReaderTimeoutMs: 0 });
    server.kv.plant("a", "k", value);
    await using slow = await TestClient.connect(server.port);
    await using quick = await TestClient.connect(server.port);
    slow.socket.pause();
    slow.send("GET a k\r\n".repeat(requestCount));
    await server.kv.untilAsked(1);
    for (let n = 0; n < 10; n++) {
      quick.send("GET a k\r\n");
      assert.ok((await quick.reply(reply)) === reply);
    }
  });

  test("is not what a client is that waits for the disk", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({
      pendingOutputLimitBytes: 64 * 1024,
      slowReaderTimeoutMs: 1,
    });
    await using client = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    const count = 5000;
    client.send(`CREATE a\r\n${"PUT a k v\r\n".repeat(count)}`);
    await server.kv.untilAsked(400);
    await using other = await TestClient.connect(server.port);
    for (let n = 0; n < 100; n++) {
      other.send("NOPE\r\n");
      await other.reply("UNKNOWN COMMAND\r\n");
    }
    assert.ok(server.kv.asked < count, "held replies count as pending output");
    server.kv.durable = undefined;
    resolve();
    assert.equal(await client.finish(), "OK\r\n".repeat(count + 1));
    assert.deepEqual(recorder.of("slow-reader-cut"), []);
  });

  test("is cut when it has closed its half and waits for nothing", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({ slowReaderTimeoutMs: 100 });
    server.kv.plant("a", "k", Buffer.alloc(24 * mebibyte, "v"));
    await using client = await TestClient.connect(server.port);
    client.socket.pause();
    client.socket.end("GET a k\r\n");
    await recorder.first("slow-reader-cut");
    await client.rest();
  });
});

test("a silent client is closed after the idle time, not while it is owed a reply", {
  timeout: 20_000,
}, async () => {
  await using server = await startTestListener({ idleTimeoutMs: 50 });
  await using silent = await TestClient.connect(server.port);
  await using owed = await TestClient.connect(server.port);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.kv.durable = promise;
  owed.send("CREATE a\r\n");
  assert.equal(await silent.rest(), "");
  resolve();
  assert.equal(await owed.rest(), "OK\r\n");
});
