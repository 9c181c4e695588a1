import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isApplicationError, type RunningApplication } from "@kv/application";
import { EventRecorder } from "../test/event-recorder.ts";
import { FakeKv } from "../test/fake-kv.ts";
import { acceptedBytes, passTime } from "../test/pass-time.ts";
import { defaults } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { type ServerApi, startServer } from "./application.ts";
import type { ServerEnvironment } from "./environment.ts";
import { isServerError } from "./errors.ts";
import { hashPassword } from "./password.ts";

const mebibyte = 1024 * 1024;

interface Doors extends AsyncDisposable {
  readonly server: RunningApplication<ServerApi>;
  readonly kv: FakeKv;
  readonly line: number;
  readonly resp: number;
}

/** A server with both doors on free ports. */
async function open(changes: Partial<ServerEnvironment> = {}): Promise<Doors> {
  const kv = new FakeKv();
  const values: ServerEnvironment = { ...defaults(), port: 0, respPort: "next", ...changes };
  const { signal } = new AbortController();
  const server = await startServer(kv, values, { signal, rebinding: { delayMs: 10, times: 3 } });
  const { address, respAddress } = server.api;
  assert.ok(respAddress !== undefined);
  return {
    server,
    kv,
    line: address.port,
    resp: respAddress.port,
    [Symbol.asyncDispose]: async () => server[Symbol.asyncDispose](),
  };
}

suite("two doors", { timeout: 60_000 }, () => {
  test("speak a protocol each, and tell so in the log and in the status", async () => {
    using recorder = new EventRecorder();
    await using doors = await open();
    await using line = await TestClient.connect(doors.line);
    await using resp = await TestClient.connect(doors.resp);
    line.send("NOPE\r\n");
    assert.equal(await line.reply("UNKNOWN COMMAND\r\n"), "UNKNOWN COMMAND\r\n");
    resp.send("*1\r\n$4\r\nPING\r\n");
    assert.equal(await resp.reply("+PONG\r\n"), "+PONG\r\n");
    assert.deepEqual(
      recorder.of("listening").map(({ message }) => message),
      [
        `Accepting connections on port ${doors.line}`,
        `Accepting RESP connections on port ${doors.resp}`,
      ],
    );
    assert.deepEqual(doors.server.status?.(), {
      line: { address: `127.0.0.1:${doors.line}`, connections: 1 },
      resp: { address: `127.0.0.1:${doors.resp}`, connections: 1 },
      connections: 2,
      connectionLimit: 10_000,
    });
  });

  test("share the limit of connections", async () => {
    await using doors = await open({ connectionLimit: 2 });
    await using line = await TestClient.connect(doors.line);
    line.send("NOPE\r\n");
    await line.reply("UNKNOWN COMMAND\r\n");
    await using resp = await TestClient.connect(doors.resp);
    resp.send("PING\r\n");
    await resp.reply("+PONG\r\n");
    await using third = await TestClient.connect(doors.resp);
    assert.match(await third.rest(), /^-.*too many connections \(the limit is 2\)\r\n$/u);
    await using fourth = await TestClient.connect(doors.line);
    assert.match(await fourth.rest(), /^ERROR too many connections \(the limit is 2\)\r\n$/u);
    assert.equal(await line.finish(), "");
    await line.gone;
    await using fifth = await TestClient.connect(doors.resp);
    fifth.send("PING\r\n");
    assert.equal(await fifth.reply("+PONG\r\n"), "+PONG\r\n");
  });

  test("share the limit of what is pending", async () => {
    await using doors = await open({ pendingTotalLimitBytes: mebibyte, slowReaderTimeoutMs: 0 });
    doors.kv.plant("a", "k", Buffer.from("x"));
    await using other = await TestClient.connect(doors.line);
    await using writer = await TestClient.connect(doors.line);
    await using resp = await TestClient.connect(doors.resp);
    resp.socket.pause();
    const echo = `*2\r\n$4\r\nECHO\r\n$${mebibyte / 2}\r\n${"v".repeat(mebibyte / 2)}\r\n`;
    resp.send(echo.repeat(64));
    // Until no more is read of it: its replies have filled what both doors may have pending.
    await acceptedBytes(resp, other);
    const { promise, resolve } = Promise.withResolvers<void>();
    doors.kv.durable = promise;
    writer.send("PUT a k v\r\nPUT a k v\r\n");
    await doors.kv.untilAsked(1);
    await passTime(other);
    assert.equal(doors.kv.asked, 1, "one request at a time");
    doors.kv.durable = undefined;
    resolve();
    assert.equal(await writer.finish(), "OK\r\nOK\r\n");
  });

  test("ask the same users", async () => {
    await using doors = await open({ users: { alice: await hashPassword("wonderland") } });
    await using line = await TestClient.connect(doors.line);
    await using resp = await TestClient.connect(doors.resp);
    line.send("GET a k\r\n");
    assert.equal(
      await line.reply("ERROR authentication required\r\n"),
      "ERROR authentication required\r\n",
    );
    resp.send("PING\r\n");
    assert.match(await resp.reply("-NOAUTH"), /^-NOAUTH/u);
    resp.send("AUTH alice wonderland\r\nQUIT\r\n");
    assert.match(await resp.rest(), /\+OK\r\n\+OK\r\n$/u);
  });

  test("close together: neither accepts while the other lets its replies go out", async () => {
    const doors = await open({ drainTimeoutMs: 30_000 });
    await using line = await TestClient.connect(doors.line);
    await using idle = await TestClient.connect(doors.resp);
    const { promise, resolve } = Promise.withResolvers<void>();
    doors.kv.durable = promise;
    line.send("CREATE a\r\n");
    await doors.kv.untilAsked(1);
    const stopped = doors[Symbol.asyncDispose]();
    for (const port of [doors.line, doors.resp])
      await assert.rejects(TestClient.connect(port), { code: "ECONNREFUSED" });
    assert.equal(await idle.rest(), "");
    resolve();
    assert.equal(await line.finish(), "OK\r\n");
    await stopped;
  });

  test("fail together when one port cannot be had, and leave the other free", async () => {
    await using doors = await open();
    const { signal } = new AbortController();
    const values: ServerEnvironment = { ...defaults(), port: 0, respPort: doors.line };
    const options = { signal, rebinding: { delayMs: 10, times: 3 } };
    await assert.rejects(startServer(new FakeKv(), values, options), (error) => {
      assert.ok(isApplicationError(error, "SUPERVISOR_GAVE_UP"));
      assert.ok(isServerError(error.cause, "SERVER_PORT_IN_USE"));
      assert.match(error.cause.message, /set RESP_PORT to another one/u);
      return true;
    });
  });
});
