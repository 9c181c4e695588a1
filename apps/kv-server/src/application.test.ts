import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isApplicationError } from "@kv/application";
import { FakeKv } from "../test/fake-kv.ts";
import { defaults } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { startServer } from "./application.ts";
import { isServerError } from "./errors.ts";

const never = new AbortController().signal;

suite("startServer()", { timeout: 60_000 }, () => {
  test("serves the buckets it is given on the port that it names", async () => {
    await using server = await startServer(new FakeKv(), { ...defaults(), port: 0 }, never);
    await using client = await TestClient.connect(server.api.address.port);
    client.send("CREATE a\r\nPUT a k v\r\nGET a k\r\n");
    assert.equal(await client.finish(), "OK\r\nOK\r\nv\r\nOK\r\n");
  });

  test("gets a port that becomes free while it tries", async () => {
    const first = await startServer(new FakeKv(), { ...defaults(), port: 0 }, never);
    const { port } = first.api.address;
    const starting = startServer(new FakeKv(), { ...defaults(), port }, never);
    await first[Symbol.asyncDispose]();
    await using second = await starting;
    assert.equal(second.api.address.port, port);
  });

  test("fails with the reason when the port stays in use", async () => {
    await using first = await startServer(new FakeKv(), { ...defaults(), port: 0 }, never);
    const { port } = first.api.address;
    await assert.rejects(startServer(new FakeKv(), { ...defaults(), port }, never), (error) => {
      assert.ok(isApplicationError(error, "SUPERVISOR_GAVE_UP"));
      assert.ok(isServerError(error.cause, "SERVER_PORT_IN_USE"));
      return true;
    });
  });
});
