import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { suite, test } from "node:test";
import { openAuthority, withoutOpenssl } from "../../../../test/harness/certificate-authority.ts";
import { EventRecorder } from "../../test/event-recorder.ts";
import { TestClient } from "../../test/test-client.ts";
import { asked, openTlsScene } from "../../test/tls-scene.ts";

const mebibyte = 1024 * 1024;

/** Why the first handshake failed that did, once it has. */
async function reason(recorder: EventRecorder): Promise<string> {
  const event = await recorder.first("handshake-failed");
  return event.type === "handshake-failed" ? event.reason : "";
}

suite("a connection by TLS", { timeout: 60_000, skip: withoutOpenssl }, () => {
  test("answers, also what waits for the disk after the client has closed its half", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      await using server = await scene.listen();
      const versions = { minVersion: version, maxVersion: version };
      const options = { ...(await scene.trusting()), ...versions };
      await using client = await TestClient.secure(server.port, options);
      const { promise, resolve } = Promise.withResolvers<void>();
      server.kv.durable = promise;
      client.send("CREATE a\r\nPUT a k v\r\nGET a k\r\n");
      const replies = client.finish();
      await server.kv.untilAsked(3);
      resolve();
      assert.equal(await replies, "OK\r\nOK\r\nv\r\nOK\r\n");
      assert.equal(await client.gone, false, "it ends in order");
    }
    assert.deepEqual(recorder.of("handshake-failed"), []);
    const [listening] = recorder.of("listening");
    assert.match(listening?.message ?? "", /^Accepting connections on port \d+, by TLS only$/u);
  });

  test("carries values of any length, in order", async () => {
    await using scene = await openTlsScene();
    await using server = await scene.listen();
    await using client = await TestClient.secure(server.port, await scene.trusting());
    let replies = "";
    for (const [letter, length] of [
      ["a", 1],
      ["b", 16_383],
      ["c", 16_385],
      ["d", 3 * mebibyte],
      ["e", 70_000],
    ] as const) {
      server.kv.plant("a", letter, Buffer.alloc(length, letter));
      client.send(`GET a ${letter}\r\nNOPE\r\n`);
      replies += `${letter.repeat(length)}\r\nOK\r\nUNKNOWN COMMAND\r\n`;
    }
    assert.ok((await client.finish()) === replies);
  });

  test("is cut when it leaves its replies unread", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    const limits = { pendingOutputLimitBytes: 64 * 1024, slowReaderTimeoutMs: 100 };
    await using server = await scene.listen(limits);
    server.kv.plant("a", "k", Buffer.alloc(mebibyte, "v"));
    await using client = await TestClient.secure(server.port, await scene.trusting());
    client.socket.pause();
    client.send("GET a k\r\n".repeat(1000));
    await recorder.first("slow-reader-cut");
    assert.ok(server.kv.asked < 1000, "no more is executed than has room");
  });

  test("is not cut while it reads, however slowly", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    const limits = { pendingOutputLimitBytes: 64 * 1024, slowReaderTimeoutMs: 400 };
    await using server = await scene.listen(limits);
    server.kv.plant("a", "k", Buffer.alloc(24 * mebibyte, "v"));
    const options = await scene.trusting();
    await using other = await TestClient.secure(server.port, options);
    await using client = await TestClient.secure(server.port, options);
    client.socket.pause();
    client.send("GET a k\r\nNOPE\r\n");
    await server.kv.untilAsked(1);
    const startMs = performance.now();
    while (performance.now() - startMs < 1200) {
      client.socket.read(mebibyte / 4);
      for (let n = 0; n < 50; n++) {
        other.send("NOPE\r\n");
        await other.reply("UNKNOWN COMMAND\r\n");
      }
    }
    assert.deepEqual(recorder.of("slow-reader-cut"), []);
  });

  test("is closed when it is silent for too long", async () => {
    await using scene = await openTlsScene();
    await using server = await scene.listen({ idleTimeoutMs: 50 });
    await using client = await TestClient.secure(server.port, await scene.trusting());
    assert.equal(await client.rest(), "");
  });
});

suite("a client by TLS", { timeout: 60_000, skip: withoutOpenssl }, () => {
  test("refuses a server of another authority, of another name, or whose time is over", async () => {
    await using scene = await openTlsScene({ alternativeNames: "DNS:kv.example" });
    await using server = await scene.listen();
    const options = await scene.trusting();
    await assert.rejects(asked(server.port, options), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    await assert.rejects(asked(server.port, {}), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    const named = { ...options, servername: "kv.example" };
    assert.equal(await asked(server.port, named), "UNKNOWN COMMAND");
    await using lapsed = await openTlsScene({ until: "20260615000000Z" });
    await using late = await lapsed.listen();
    await assert.rejects(asked(late.port, await lapsed.trusting()), { code: "CERT_HAS_EXPIRED" });
  });

  test("that refuses our certificate is told of in the log, by its own words", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    await using server = await scene.listen();
    await assert.rejects(asked(server.port, {}));
    // Whether it says why, or just leaves, is its affair.
    assert.match(await reason(recorder), /^it gave up, saying|^it left in the middle$/u);
  });

  test("older than TLS 1.2 is refused", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    await using server = await scene.listen();
    const old = {
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    } as const;
    await assert.rejects(asked(server.port, { ...(await scene.trusting()), ...old }));
    assert.equal(await reason(recorder), "its TLS is older than 1.2");
  });

  test("without TLS is closed by a port with it, and hangs nowhere", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    await using server = await scene.listen();
    await using client = await TestClient.connect(server.port);
    client.send("CREATE a\r\n");
    await client.rest();
    assert.equal(await reason(recorder), "it does not speak TLS");
    assert.equal(server.kv.asked, 0);
    assert.equal(server.listener.connections, 0);
  });
});

suite("certificates of clients", { timeout: 60_000, skip: withoutOpenssl }, () => {
  const cases = [
    { asks: "require", shows: "none", reply: undefined, why: "it showed no certificate" },
    { asks: "require", shows: "right", reply: "UNKNOWN COMMAND", why: undefined },
    {
      asks: "require",
      shows: "foreign",
      reply: undefined,
      why: "its certificate is not of the configured CA",
    },
    { asks: "require", shows: "expired", reply: undefined, why: "its certificate has expired" },
    { asks: "request", shows: "none", reply: "UNKNOWN COMMAND", why: undefined },
    { asks: "request", shows: "right", reply: "UNKNOWN COMMAND", why: undefined },
    {
      asks: "request",
      shows: "foreign",
      reply: undefined,
      why: "its certificate is not of the configured CA",
    },
    { asks: "none", shows: "foreign", reply: "UNKNOWN COMMAND", why: undefined },
  ] as const;

  for (const { asks, shows, reply, why } of cases) {
    test(`tlsClientCertificates: "${asks}" with ${shows} ${why === undefined ? "serves" : "refuses"}`, async () => {
      using recorder = new EventRecorder();
      await using scene = await openTlsScene();
      const { caFile } = scene.authority;
      await using server = await scene.listen({}, { caFile, clientCertificates: asks });
      const stranger = await openAuthority(`${scene.path}/stranger`, "another authority");
      const own = {
        none: undefined,
        right: await scene.authority.issue("client"),
        foreign: await stranger.issue("client"),
        expired: await scene.authority.issue("old", { until: "20200101000000Z" }),
      }[shows];
      const answer = asked(server.port, await scene.trusting(own));
      if (reply === undefined) {
        // By TLS 1.3 a client has shaken hands before we have looked at its certificate.
        assert.notEqual(await answer.catch(() => "refused"), "UNKNOWN COMMAND");
        assert.equal(await reason(recorder), why);
        const [event] = recorder.of("handshake-failed");
        assert.match(event?.message ?? "", /^The TLS handshake with 127\.0\.0\.1:\d+ failed: /u);
      } else {
        assert.equal(await answer, reply);
        assert.deepEqual(recorder.of("handshake-failed"), []);
      }
      assert.equal(server.kv.asked, 0);
    });
  }
});

suite("a handshake", { timeout: 60_000, skip: withoutOpenssl }, () => {
  /** The beginning of a ClientHello of 16 KiB, the longest record there is. */
  const half = Buffer.from([22, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0xfb, 3, 3]);

  test("that is begun and not ended is cut in time, and counts until then", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    await using server = await scene.listen({ tlsHandshakeTimeoutMs: 100 });
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {}).resume();
    socket.write(half);
    await once(socket, "close");
    assert.equal(await reason(recorder), "it took longer than 100 ms");
    assert.equal(server.listener.connections, 0);
  });

  test("is not prolonged by sending on, a byte at a time", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    await using server = await scene.listen({ tlsHandshakeTimeoutMs: 300 });
    const options = await scene.trusting();
    await using other = await TestClient.secure(server.port, options);
    const socket = connect({ port: server.port, host: "127.0.0.1", noDelay: true });
    socket.on("error", () => {}).resume();
    socket.write(half);
    const startMs = performance.now();
    while (!socket.closed && performance.now() - startMs < 10_000) {
      socket.write(Buffer.alloc(1));
      for (let n = 0; n < 10; n++) {
        other.send("NOPE\r\n");
        await other.reply("UNKNOWN COMMAND\r\n");
      }
    }
    assert.ok(socket.closed, "it is cut");
    assert.equal(await reason(recorder), "it took longer than 300 ms");
  });

  test("of a health check that connects and leaves is not worth a word", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    await using server = await scene.listen();
    for (let visit = 0; visit < 20; visit++) {
      const socket = connect(server.port, "127.0.0.1");
      socket.resume().end();
      await once(socket, "close");
    }
    assert.equal(await asked(server.port, await scene.trusting()), "UNKNOWN COMMAND");
    assert.deepEqual(recorder.of("handshake-failed"), []);
  });

  test("that fails a hundred times is told once, and how often besides", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    const server = await scene.listen();
    for (let n = 0; n < 100; n++) {
      await using client = await TestClient.connect(server.port);
      client.send("GET / HTTP/1.1\r\n\r\n");
      await client.rest();
    }
    await server[Symbol.asyncDispose]();
    assert.equal(recorder.of("handshake-failed").length, 1);
    assert.equal(recorder.of("more-incidents")[0]?.message, "99 more TLS handshakes failed");
  });

  test("counts for the limit of connections; who is too many is closed", async () => {
    await using scene = await openTlsScene();
    await using server = await scene.listen({ connectionLimit: 2 });
    const options = await scene.trusting();
    await using first = await TestClient.secure(server.port, options);
    await using second = await TestClient.connect(server.port);
    second.send(half.toString("latin1"));
    await assert.rejects(asked(server.port, options));
    second.reset();
    await second.gone;
    assert.equal(await first.finish(), "");
    await first.gone;
    assert.equal(await asked(server.port, options), "UNKNOWN COMMAND");
  });

  test("of a thousand slow clients leaves a healthy one in peace", async () => {
    await using scene = await openTlsScene();
    await using server = await scene.listen({ tlsHandshakeTimeoutMs: 0 });
    const options = await scene.trusting();
    await using client = await TestClient.secure(server.port, options);
    const slow = await Promise.all(
      Array.from({ length: 1000 }, async () => TestClient.connect(server.port)),
    );
    for (let round = 0; round < half.length; round++) {
      for (const each of slow) each.socket.write(half.subarray(round, round + 1));
      client.send("CREATE a\r\nPUT a k v\r\nGET a k\r\n");
      assert.equal(await client.reply("OK\r\nOK\r\nv\r\nOK\r\n"), "OK\r\nOK\r\nv\r\nOK\r\n");
    }
    assert.equal(await asked(server.port, options), "UNKNOWN COMMAND");
    assert.ok(server.listener.connections >= 1001);
    const rests = slow.map((each) => each.rest());
    await server[Symbol.asyncDispose]();
    assert.deepEqual(new Set(await Promise.all(rests)), new Set([""]));
    assert.equal(server.listener.connections, 0);
    for (const each of slow) each.socket.destroy();
  });
});

suite("disposing a listener by TLS", { timeout: 60_000, skip: withoutOpenssl }, () => {
  test("lets replies that are held go out, and gives up handshakes", async () => {
    using recorder = new EventRecorder();
    await using scene = await openTlsScene();
    const server = await scene.listen({ drainTimeoutMs: 30_000, tlsHandshakeTimeoutMs: 0 });
    await using client = await TestClient.secure(server.port, await scene.trusting());
    await using silent = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    client.send("CREATE a\r\n");
    await server.kv.untilAsked(1);
    const disposed = server[Symbol.asyncDispose]();
    assert.equal(await silent.rest(), "");
    const reply = client.reply("OK\r\n");
    resolve();
    assert.equal(await reply, "OK\r\n");
    assert.equal(await client.finish(), "");
    await disposed;
    const [drained] = recorder.of("drained");
    assert.equal(drained?.type === "drained" && drained.cut, 0);
  });
});
