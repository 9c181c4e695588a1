import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { suite, test } from "node:test";
import { EventRecorder } from "../test/event-recorder.ts";
import { passTime } from "../test/pass-time.ts";
import { startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { isServerError } from "./errors.ts";

suite("startListener()", { timeout: 60_000 }, () => {
  test("says where it accepts connections", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener();
    const [event] = recorder.of("listening");
    assert.equal(event?.message, `Accepting connections on port ${server.port}`);
    assert.equal(event.level, "info");
    assert.deepEqual(server.listener.address, { host: "127.0.0.1", port: server.port });
  });

  test("refuses a port in use in one sentence", async () => {
    await using server = await startTestListener();
    await assert.rejects(startTestListener({ port: server.port }), (error) => {
      assert.ok(isServerError(error, "SERVER_PORT_IN_USE"));
      const reason =
        "the port is in use; stop the program that uses it or set PORT to another one (0 picks a free one); a node takes two, PORT and the next one for RESP, unless RESP_PORT says otherwise";
      assert.equal(error.message, `Cannot listen on 127.0.0.1:${server.port}: ${reason}`);
      return true;
    });
  });

  test("refuses a host that is not this machine's", async () => {
    await assert.rejects(startTestListener({ host: "192.0.2.1" }), (error) =>
      isServerError(error, "SERVER_HOST_UNKNOWN"),
    );
  });
});

suite("connections", { timeout: 60_000 }, () => {
  test("beyond their limit are told so and closed", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({ connectionLimit: 2 });
    const [first, second] = await Promise.all([
      TestClient.connect(server.port),
      TestClient.connect(server.port),
    ]);
    for (let n = 0; n < 3; n++) {
      await using refused = await TestClient.connect(server.port);
      refused.send("CREATE a\r\n");
      assert.equal(await refused.rest(), "ERROR too many connections (the limit is 2)\r\n");
    }
    const [event, ...others] = recorder.of("too-many-connections");
    assert.deepEqual(others, []);
    assert.match(event?.message ?? "", /^127\.0\.0\.1:\d+ was turned away: /u);
    assert.equal(server.kv.asked, 0);
    assert.equal(await first.finish(), "");
    await first.gone;
    await using next = await TestClient.connect(server.port);
    next.send("CREATE a\r\n");
    assert.equal(await next.reply("OK\r\n"), "OK\r\n");
    await second[Symbol.asyncDispose]();
  });

  test("that are turned away and stay are cut all the same", async () => {
    await using server = await startTestListener({ connectionLimit: 1 });
    await using first = await TestClient.connect(server.port);
    first.send("NOPE\r\n");
    await first.reply("UNKNOWN COMMAND\r\n");
    await using refused = await TestClient.connect(server.port);
    assert.match(await refused.rest(), /^ERROR too many/u);
    const { socket } = refused;
    const startMs = performance.now();
    // Whoever is no longer there answers what is sent with a reset.
    while (!socket.destroyed && performance.now() - startMs < 5000) {
      refused.send("CREATE a\r\n");
      await passTime(first);
    }
    assert.ok(socket.destroyed, "cut in time");
    assert.equal(server.kv.asked, 0);
  });

  test("that come and leave at once ten thousand times do nothing", async () => {
    await using server = await startTestListener({ connectionLimit: 200 });
    const visit = async (): Promise<void> => {
      const socket = connect(server.port, "127.0.0.1");
      socket.resume().end();
      await once(socket, "close");
    };
    for (let batch = 0; batch < 100; batch++) await Promise.all(Array.from({ length: 100 }, visit));
    await using client = await TestClient.connect(server.port);
    client.send("CREATE a\r\n");
    assert.equal(await client.finish(), "OK\r\n");
  });

  test("that are reset at any moment do nothing, and are not counted any more", async () => {
    using recorder = new EventRecorder();
    await using server = await startTestListener({ connectionLimit: 20 });
    server.kv.plant("a", "k", Buffer.alloc(1024 * 1024));
    for (let round = 0; round < 50; round++) {
      const clients = await Promise.all(
        Array.from({ length: 9 }, () => TestClient.connect(server.port)),
      );
      for (const [index, client] of clients.entries()) {
        if (index % 3 > 0) client.send(index % 3 === 1 ? "GET a k\r\nGET a k\r\n" : "PUT a k");
      }
      if (round % 2 === 0) await server.kv.untilAsked(server.kv.asked + 1);
      for (const client of clients) client.reset();
    }
    await using client = await TestClient.connect(server.port);
    client.send("CREATE a\r\n");
    assert.equal(await client.finish(), "OK\r\n");
    assert.deepEqual(recorder.of("too-many-connections"), []);
    assert.deepEqual(recorder.of("connection-crashed"), []);
  });
});

suite("disposing a listener", { timeout: 60_000 }, () => {
  test("ends idle connections at once, and frees the port", async () => {
    using recorder = new EventRecorder();
    const server = await startTestListener({ drainTimeoutMs: 60_000 });
    const clients = await Promise.all([1, 2, 3].map(() => TestClient.connect(server.port)));
    const rests = clients.map((client) => client.rest());
    const disposed = server[Symbol.asyncDispose]();
    assert.deepEqual(await Promise.all(rests), ["", "", ""]);
    for (const client of clients) client.socket.end();
    await disposed;
    const [drained] = recorder.of("drained");
    assert.equal(drained?.type === "drained" && drained.cut, 0);
    await using next = await startTestListener({ port: server.port });
    assert.equal(next.port, server.port);
  });

  test("lets replies that are held go out, and executes nothing that comes later", async () => {
    const server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    client.send("CREATE a\r\nPUT a k v\r\n");
    await server.kv.untilAsked(2);
    const disposed = server[Symbol.asyncDispose]();
    client.send("PUT a k w\r\n".repeat(10_000));
    const replies = "OK\r\nOK\r\n";
    const reply = client.reply(replies);
    resolve();
    assert.equal(await reply, replies);
    client.send("PUT a k w\r\n".repeat(10_000));
    assert.equal(await client.finish(), "");
    assert.equal(await client.gone, false, "no reset may eat replies in flight");
    await disposed;
    assert.equal(server.kv.asked, 2);
  });

  test("waits for a write whose answer comes by a promise", async () => {
    const server = await startTestListener();
    await using client = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.delay = promise;
    client.send("CREATE a\r\nGET a k\r\n");
    await server.kv.untilAsked(1);
    const disposed = server[Symbol.asyncDispose]();
    resolve();
    assert.equal(await client.finish(), "OK\r\n");
    await disposed;
    assert.equal(server.kv.asked, 1);
  });

  test("does not wait long for clients that keep their half open", async () => {
    const server = await startTestListener({ drainTimeoutMs: 60_000 });
    await using client = await TestClient.connect(server.port);
    const rest = client.rest();
    await server[Symbol.asyncDispose]();
    assert.equal(await rest, "");
  });

  test("cuts what is left when its time is up", async () => {
    using recorder = new EventRecorder();
    const server = await startTestListener({ drainTimeoutMs: 50 });
    await using client = await TestClient.connect(server.port);
    server.kv.durable = Promise.withResolvers<void>().promise;
    client.send("CREATE a\r\n");
    await server.kv.untilAsked(1);
    await server[Symbol.asyncDispose]();
    assert.equal(await client.rest(), "");
    const [drained] = recorder.of("drained");
    assert.equal(drained?.type === "drained" && drained.cut, 1);
  });

  test("is done once, whoever asks", async () => {
    const server = await startTestListener();
    await Promise.all([server[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
  });
});
