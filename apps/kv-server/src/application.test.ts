import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { suite, test } from "node:test";
import { applicationChannel, isApplicationError, systemTime, type Time } from "@kv/application";
import { EventRecorder } from "../test/event-recorder.ts";
import { FakeKv } from "../test/fake-kv.ts";
import { defaults } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { defaultRebinding, startServer } from "./application.ts";
import { isServerError } from "./errors.ts";

const { signal } = new AbortController();

/** Tries in quick succession. */
const quickly = { signal, rebinding: { delayMs: 50, times: 3 } };

/** Resolves when a child is about to be started again for the `times`th time from now. */
function restarts(times: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  const count = (event: unknown): void => {
    if (typeof event !== "object" || event === null) return;
    if (Reflect.get(event, "type") !== "child-restarting" || ++seen < times) return;
    unsubscribe(applicationChannel, count);
    resolve();
  };
  subscribe(applicationChannel, count);
  return promise;
}

suite("startServer()", { timeout: 60_000 }, () => {
  test("serves the buckets it is given on the port that it names", async () => {
    await using server = await startServer(new FakeKv(), { ...defaults(), port: 0 }, quickly);
    await using client = await TestClient.connect(server.api.address.port);
    client.send("CREATE a\r\nPUT a k v\r\nGET a k\r\n");
    assert.equal(await client.finish(), "OK\r\nOK\r\nv\r\nOK\r\n");
  });

  test("says for status where it listens, and how many connections there are", async () => {
    const values = { ...defaults(), port: 0, connectionLimit: 7 };
    await using server = await startServer(new FakeKv(), values, quickly);
    const { port } = server.api.address;
    const status = (connections: number): object => ({
      line: { address: `127.0.0.1:${port}`, connections },
      connections,
      connectionLimit: 7,
    });
    assert.deepEqual(server.status?.(), status(0));
    await using client = await TestClient.connect(port);
    client.send("GET a k\r\n");
    assert.equal(await client.reply("NOT FOUND\r\n"), "NOT FOUND\r\n");
    assert.deepEqual(server.status?.(), status(1));
  });

  test("tries to get its port for some three seconds", () => {
    assert.equal(defaultRebinding.delayMs * defaultRebinding.times, 3000);
  });

  test("gets a port that becomes free before the last try", async () => {
    const first = await startServer(new FakeKv(), { ...defaults(), port: 0 }, quickly);
    const { port } = first.api.address;
    const lastTry = restarts(quickly.rebinding.times);
    const starting = startServer(new FakeKv(), { ...defaults(), port }, quickly);
    await lastTry;
    await first[Symbol.asyncDispose]();
    await using second = await starting;
    assert.equal(second.api.address.port, port);
  });

  test("gets the port of a predecessor that still drains", async () => {
    const kv = new FakeKv();
    const first = await startServer(kv, { ...defaults(), port: 0 }, quickly);
    const { port } = first.api.address;
    await using client = await TestClient.connect(port);
    const { promise, resolve } = Promise.withResolvers<void>();
    kv.durable = promise;
    client.send("CREATE a\r\n");
    await kv.untilAsked(1);
    const stopped = first[Symbol.asyncDispose]();
    await using second = await startServer(new FakeKv(), { ...defaults(), port }, quickly);
    assert.equal(second.api.address.port, port);
    resolve();
    assert.equal(await client.finish(), "OK\r\n");
    await stopped;
  });

  test("fails with the reason when the port stays in use", async () => {
    await using first = await startServer(new FakeKv(), { ...defaults(), port: 0 }, quickly);
    const { port } = first.api.address;
    await assert.rejects(startServer(new FakeKv(), { ...defaults(), port }, quickly), (error) => {
      assert.ok(isApplicationError(error, "SUPERVISOR_GAVE_UP"));
      assert.ok(isServerError(error.cause, "SERVER_PORT_IN_USE"));
      return true;
    });
  });

  test("lets connections drain for as long as was put after its start", async () => {
    using recorder = new EventRecorder();
    const kv = new FakeKv();
    let drainTimeoutMs = 0;
    const values = Object.defineProperty({ ...defaults(), port: 0 }, "drainTimeoutMs", {
      get: () => drainTimeoutMs,
    });
    const patience = Promise.withResolvers<number>();
    // Time stands still: what is looked at is how much of it the server would be given.
    const time: Time = {
      nowMs: () => systemTime.nowMs(),
      sleep: async (ms, enough) => {
        patience.resolve(ms);
        await once(enough, "abort");
      },
    };
    const server = await startServer(kv, values, { ...quickly, time });
    await using client = await TestClient.connect(server.api.address.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    kv.durable = promise;
    client.send("CREATE a\r\n");
    await kv.untilAsked(1);
    drainTimeoutMs = 60_000;
    const stopped = server[Symbol.asyncDispose]().then(() => "stopped");
    const asked = patience.promise.then(() => "still draining");
    assert.equal(await Promise.race([stopped, asked]), "still draining");
    assert.equal(await patience.promise, 61_000);
    resolve();
    assert.equal(await client.finish(), "OK\r\n");
    await stopped;
    assert.equal(recorder.of("drained").length, 1);
  });
});
