import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { acceptedBytes } from "../test/pass-time.ts";
import { startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { hashPassword } from "./password.ts";

const users = { alice: await hashPassword("wonderland") };
const REQUIRED = "ERROR authentication required\r\n";

const mebibyte = 1024 * 1024;

/** What the operating system takes by itself for a connection that nobody reads from, and more. */
const systemBytes = 16 * mebibyte;

const sentBytes = 64 * mebibyte;
const put = Buffer.from(`PUT a k ${"v".repeat(mebibyte / 2)}\r\n`);
const puts = Buffer.concat(Array.from({ length: sentBytes / (mebibyte / 2) }, () => put));

suite("what is read of a client that sends without end", { timeout: 60_000 }, () => {
  test("is bounded while its writes wait for the disk", async () => {
    await using server = await startTestListener({ pendingOutputLimitBytes: 2 * mebibyte });
    await using other = await TestClient.connect(server.port);
    await using client = await TestClient.connect(server.port);
    server.kv.plant("a", "k", Buffer.from("x"));
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    client.socket.write(puts);
    assert.ok((await acceptedBytes(client, other)) < systemBytes);
    // Four of half a mebibyte are the limit; the fifth is that which passes it.
    assert.ok(server.kv.asked <= 5, `${server.kv.asked} writes were given to the store`);
    server.kv.durable = undefined;
    resolve();
    assert.equal(await client.finish(), "OK\r\n".repeat(puts.length / put.length));
  });

  test("is bounded over all connections, each of which goes on by itself", async () => {
    await using server = await startTestListener({ pendingTotalLimitBytes: 2 * mebibyte });
    await using other = await TestClient.connect(server.port);
    await using first = await TestClient.connect(server.port);
    await using second = await TestClient.connect(server.port);
    server.kv.plant("a", "k", Buffer.from("x"));
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    const some = Buffer.concat(Array.from({ length: 20 }, () => put));
    first.socket.write(some);
    assert.ok((await acceptedBytes(first, other)) < systemBytes);
    second.socket.write(some);
    assert.ok((await acceptedBytes(second, other)) < systemBytes);
    // One of the two may pass the limit by a request, the other has a single one under way.
    assert.ok(server.kv.asked <= 7, `${server.kv.asked} writes were given to the store`);
    server.kv.durable = undefined;
    resolve();
    assert.equal(await first.finish(), "OK\r\n".repeat(20));
    assert.equal(await second.finish(), "OK\r\n".repeat(20));
  });

  test("is bounded while a request has to be answered before the next", async () => {
    await using server = await startTestListener();
    await using other = await TestClient.connect(server.port);
    await using client = await TestClient.connect(server.port);
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.delay = promise;
    client.socket.write(puts);
    await server.kv.untilAsked(1);
    assert.ok((await acceptedBytes(client, other)) < systemBytes);
    server.kv.delay = undefined;
    resolve();
    assert.equal(await client.finish(), "NOT FOUND\r\n".repeat(puts.length / put.length));
  });

  test("is bounded while its log-in waits for its turn", async () => {
    const held = Promise.withResolvers<boolean>();
    await using server = await startTestListener({ users }, { verify: () => held.promise });
    await using other = await TestClient.connect(server.port);
    await using client = await TestClient.connect(server.port);
    client.send("AUTH alice wonderland\r\n");
    client.socket.write(puts);
    assert.ok((await acceptedBytes(client, other, REQUIRED)) < systemBytes);
    held.resolve(false);
    const refusals = REQUIRED.repeat(puts.length / put.length);
    assert.equal(await client.finish(), `ERROR wrong name or password\r\n${refusals}`);
  });
});
