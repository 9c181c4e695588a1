import assert from "node:assert/strict";
import { test } from "node:test";
import { KvError, StorageError } from "@kv/kv";
import { startTestListener, type TestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { lineProtocol } from "./line/line-protocol.ts";
import { respProtocol } from "./resp/resp-protocol.ts";

const LINE = {
  protocol: lineProtocol,
  put: (bucket: string, key: string, value: string) => `PUT ${bucket} ${key} ${value}\r\n`,
  added: "OK\r\n",
  replaced: "OK\r\n",
  noBucket: "NOT FOUND\r\n",
  error: (reason: string) => `ERROR ${reason}\r\n`,
};

const RESP: typeof LINE = {
  protocol: respProtocol,
  put: (bucket, key, value) => `HSET ${bucket} ${key} ${value}\r\n`,
  added: ":1\r\n",
  replaced: ":0\r\n",
  noBucket: ":1\r\n",
  error: (reason) => `-ERR ${reason}\r\n`,
};

/** Sends `request`, and expects nothing but `expected`. */
async function assertReply(server: TestListener, request: string, expected: string): Promise<void> {
  await using client = await TestClient.connect(server.port);
  client.send(request);
  assert.equal(await client.reply(expected), expected);
}

for (const [name, words] of Object.entries({ LINE, RESP })) {
  const { protocol, put, added, replaced } = words;

  async function start(environment = {}): Promise<TestListener> {
    const server = await startTestListener(environment, { protocol });
    server.kv.writesAtOnce = true;
    server.kv.plant("a", "k", Buffer.from("1"));
    return server;
  }

  test(`${name}: puts that are written at once are told as any others, in order`, {
    timeout: 60_000,
  }, async () => {
    await using server = await start();
    const request =
      put("a", "k", "2") + put("a", "l", "3") + put("a", "l", "4") + put("b", "k", "5");
    await assertReply(server, request, replaced + added + replaced + words.noBucket);
    const value = server.kv.buckets.get(Buffer.from("a"), Buffer.from("l"));
    assert.ok(value.type === "found");
    assert.equal(Buffer.from(value.value).toString(), "4");
  });

  test(`${name}: puts written at once wait for their group, and are told together of its end`, {
    timeout: 60_000,
  }, async () => {
    await using server = await start();
    const { promise, reject } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    await using client = await TestClient.connect(server.port);
    client.send(put("a", "k", "2") + put("a", "m", "3") + put("a", "n", "4"));
    await server.kv.untilAsked(3);
    server.kv.durable = undefined;
    client.send(put("a", "k", "5"));
    await server.kv.untilAsked(4);
    reject(new StorageError("STORAGE_WRITE_UNKNOWN", { path: "p", reason: "no luck" }));
    const unknown = words.error(
      "the write may have been applied: the node could not write it down",
    );
    const expected = unknown + unknown + unknown + replaced;
    assert.equal(await client.reply(expected), expected);
  });

  test(`${name}: a put at once that fails is told`, { timeout: 60_000 }, async () => {
    await using server = await start();
    server.kv.failure = new KvError("KV_NO_CONNECTION", { node: "far@away" });
    await assertReply(server, put("a", "k", "2"), words.error("no connection to far@away"));
  });

  test(`${name}: nothing over its limit is written at once`, { timeout: 60_000 }, async () => {
    await using server = await start({ keyLimitBytes: 3, valueLimitBytes: 4 });
    const expected =
      words.error("the key is longer than the limit of 3 bytes") +
      words.error("the value is longer than the limit of 4 bytes") +
      replaced;
    const request = put("a", "long", "1") + put("a", "k", "12345") + put("a", "k", "1234");
    await assertReply(server, request, expected);
  });
}
