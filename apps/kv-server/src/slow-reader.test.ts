import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { EventRecorder } from "../test/event-recorder.ts";
import { passTime } from "../test/pass-time.ts";
import { startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";

const mebibyte = 1024 * 1024;
const value = Buffer.alloc(mebibyte, "v");
const reply = `${value.toString()}\r\nOK\r\n`;

/** More than the operating system buffers for a connection whose client does not read. */
const requestCount = 64;

suite("a client that does not read its replies", { timeout: 60_000 }, () => {
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

  test("is cut soon after its time, though it took some of them", async () => {
    using recorder = new EventRecorder();
    const slowReaderTimeoutMs = 400;
    await using server = await startTestListener({
      pendingOutputLimitBytes: 2 * mebibyte,
      slowReaderTimeoutMs,
    });
    server.kv.plant("a", "k", value);
    await using client = await TestClient.connect(server.port);
    client.socket.pause();
    client.send("GET a k\r\n".repeat(requestCount));
    // Node's own timer would pass over its first time-out, since the queue has moved after the first write.
    await server.kv.untilAsked(1);
    const startMs = performance.now();
    await recorder.first("slow-reader-cut");
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs >= slowReaderTimeoutMs * 0.9, `cut after ${tookMs} ms`);
    assert.ok(tookMs < slowReaderTimeoutMs * 1.5, `cut after ${tookMs} ms`);
  });

  test("is left alone while it takes a little of one large reply now and then", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({
      pendingOutputLimitBytes: 64 * 1024,
      slowReaderTimeoutMs: 400,
    });
    server.kv.plant("a", "k", Buffer.alloc(24 * mebibyte, "v"));
    await using other = await TestClient.connect(server.port);
    await using client = await TestClient.connect(server.port);
    client.socket.pause();
    client.send("GET a k\r\nNOPE\r\n");
    await server.kv.untilAsked(1);
    const startMs = performance.now();
    while (performance.now() - startMs < 1200) {
      client.socket.read(mebibyte / 4);
      await passTime(other);
    }
    assert.deepEqual(recorder.of("slow-reader-cut"), []);
  });

  test("gets them all when it reads on, in order", async () => {
    await using server = await startTestListener({ pendingOutputLimitBytes: 64 * 1024 });
    await using client = await TestClient.connect(server.port);
    let requests = "";
    let replies = "";
    for (const letter of "abcdefghijklmnop") {
      server.kv.plant("a", letter, Buffer.alloc(mebibyte, letter));
      requests += `GET a ${letter}\r\n`;
      replies += `${letter.repeat(mebibyte)}\r\nOK\r\n`;
    }
    client.send(`${requests}NOPE\r\n`);
    assert.ok((await client.finish()) === `${replies}UNKNOWN COMMAND\r\n`);
  });

  test("gets those too that were added while the socket was behind", async () => {
    await using server = await startTestListener({ pendingOutputLimitBytes: 64 * mebibyte });
    await using client = await TestClient.connect(server.port);
    client.socket.pause();
    let replies = "";
    // Short enough for the memory of the output to be kept, and many more than the system buffers.
    for (const letter of "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
      server.kv.plant("a", letter, Buffer.alloc(mebibyte / 2, letter));
      client.send(`GET a ${letter}\r\n`);
      await server.kv.untilAsked(server.kv.asked + 1);
      replies += `${letter.repeat(mebibyte / 2)}\r\nOK\r\n`;
    }
    assert.ok((await client.finish()) === replies);
  });

  test("cannot fill the memory by what it sends, either", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({ slowReaderTimeoutMs: 100 });
    server.kv.plant("a", "k", value);
    await using client = await TestClient.connect(server.port);
    client.socket.pause();
    client.send("GET a k\r\n".repeat(4 * mebibyte));
    await recorder.first("slow-reader-cut");
    assert.ok(client.socket.writableLength > 0, "the server has stopped to read");
  });

  test("is left alone while its replies are within the limit", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({
      pendingOutputLimitBytes: 64 * mebibyte,
      slowReaderTimeoutMs: 1,
    });
    server.kv.plant("a", "k", Buffer.alloc(24 * mebibyte, "v"));
    await using client = await TestClient.connect(server.port);
    await using other = await TestClient.connect(server.port);
    client.socket.pause();
    client.send("GET a k\r\n");
    await server.kv.untilAsked(1);
    await passTime(other);
    assert.deepEqual(recorder.of("slow-reader-cut"), []);
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
    await passTime(other);
    assert.ok(server.kv.asked < count, "held replies count as pending output");
    server.kv.durable = undefined;
    resolve();
    assert.equal(await client.finish(), "OK\r\n".repeat(count + 1));
    assert.deepEqual(recorder.of("slow-reader-cut"), []);
  });

  test("is cut when it has closed its half and waits for nothing", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({
      pendingOutputLimitBytes: 64 * mebibyte,
      slowReaderTimeoutMs: 100,
    });
    server.kv.plant("a", "k", Buffer.alloc(24 * mebibyte, "v"));
    await using client = await TestClient.connect(server.port);
    client.socket.pause();
    client.socket.end("GET a k\r\n");
    await recorder.first("slow-reader-cut");
    await client.rest();
  });
});

test("a silent client is closed after the idle time, not while it is owed a reply", {
  timeout: 60_000,
}, async () => {
  await using server = await startTestListener({ idleTimeoutMs: 50 });
  await using owed = await TestClient.connect(server.port);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.kv.durable = promise;
  owed.send("CREATE a\r\n");
  for (let n = 0; n < 2; n++) {
    await using silent = await TestClient.connect(server.port);
    assert.equal(await silent.rest(), "");
  }
  resolve();
  assert.equal(await owed.reply("OK\r\n"), "OK\r\n");
  server.kv.durable = undefined;
  owed.send("NOPE\r\n");
  assert.equal(await owed.rest(), "UNKNOWN COMMAND\r\n");
});
