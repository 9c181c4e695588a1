import assert from "node:assert/strict";
import { test } from "node:test";
import { KvError } from "@kv/kv";
import { startTestListener } from "../test/start-test-listener.ts";
import { TestClient } from "../test/test-client.ts";
import { lineProtocol } from "./line/line-protocol.ts";
import { respProtocol } from "./resp/resp-protocol.ts";

const LINE = {
  protocol: lineProtocol,
  get: (bucket: string, key: string) => `GET ${bucket} ${key}\r\n`,
  put: "PUT a k 2\r\n",
  stored: "OK\r\n",
  value: (text: string) => `${text}\r\nOK\r\n`,
  missing: "\r\nOK\r\n",
  noBucket: "NOT FOUND\r\n",
  error: (reason: string) => `ERROR ${reason}\r\n`,
};

const RESP: typeof LINE = {
  protocol: respProtocol,
  get: (bucket, key) => `HGET ${bucket} ${key}\r\n`,
  put: "HSET a k 2\r\n",
  stored: ":0\r\n",
  value: (text) => `$${text.length}\r\n${text}\r\n`,
  missing: "$-1\r\n",
  noBucket: "$-1\r\n",
  error: (reason) => `-ERR ${reason}\r\n`,
};

for (const [name, words] of Object.entries({ LINE, RESP })) {
  const { protocol, get, value } = words;

  test(`${name}: a value that is read at once is told as any other`, {
    timeout: 60_000,
  }, async () => {
    await using server = await startTestListener({}, { protocol });
    server.kv.readsAtOnce = true;
    server.kv.plant("a", "k", Buffer.from("1"));
    await using client = await TestClient.connect(server.port);
    client.send(get("a", "k") + get("a", "nothing") + get("nowhere", "k") + get("a", "k"));
    const expected = value("1") + words.missing + words.noBucket + value("1");
    assert.equal(await client.reply(expected), expected);
    assert.equal(server.kv.asked, 4);
  });

  test(`${name}: a read at once waits behind a write`, { timeout: 60_000 }, async () => {
    await using server = await startTestListener({}, { protocol });
    server.kv.readsAtOnce = true;
    server.kv.plant("a", "k", Buffer.from("1"));
    server.kv.plant("b", "k", Buffer.from("3"));
    const { promise, resolve } = Promise.withResolvers<void>();
    server.kv.durable = promise;
    await using client = await TestClient.connect(server.port);
    client.send(words.put);
    await server.kv.untilAsked(1);
    server.kv.durable = undefined;
    client.send(get("b", "k"));
    await server.kv.untilAsked(2);
    resolve();
    const expected = words.stored + value("3");
    assert.equal(await client.reply(expected), expected);
  });

  test(`${name}: a read at once that fails is told`, { timeout: 60_000 }, async () => {
    await using server = await startTestListener({}, { protocol });
    server.kv.readsAtOnce = true;
    server.kv.failure = new KvError("KV_NO_CONNECTION", { node: "far@away" });
    await using client = await TestClient.connect(server.port);
    client.send(get("a", "k"));
    const expected = words.error("no connection to far@away");
    assert.equal(await client.reply(expected), expected);
  });

  test(`${name}: no key over its limit is read at once`, { timeout: 60_000 }, async () => {
    await using server = await startTestListener({ keyLimitBytes: 3 }, { protocol });
    server.kv.readsAtOnce = true;
    await using client = await TestClient.connect(server.port);
    client.send(get("a", "long"));
    const expected = words.error("the key is longer than the limit of 3 bytes");
    assert.equal(await client.reply(expected), expected);
    assert.equal(server.kv.asked, 0);
  });
}
