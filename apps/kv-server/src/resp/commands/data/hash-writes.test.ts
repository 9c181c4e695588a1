import assert from "node:assert/strict";
import { test } from "node:test";
import { DataClient } from "../../../../test/data-client.ts";
import { FakeKv } from "../../../../test/fake-kv.ts";

test("HSET says how many keys are new", async () => {
  const client = new DataClient(new FakeKv());
  assert.equal(await client.ask("HSET", "shopping", "milk", "1", "eggs", "2"), ":2\r\n");
  assert.equal(await client.ask("HSET", "shopping", "milk", "3", "bread", "1"), ":1\r\n");
  assert.equal(await client.ask("HGET", "shopping", "milk"), "$1\r\n3\r\n");
});

test("HDEL of the last key takes a bucket with it that HSET has made", async () => {
  const client = new DataClient(new FakeKv());
  await client.ask("HSET", "shopping", "milk", "1");
  assert.equal(await client.ask("HDEL", "shopping", "bread"), ":0\r\n");
  assert.equal(await client.ask("HDEL", "shopping", "milk", "milk"), ":1\r\n");
  assert.equal(await client.ask("EXISTS", "shopping"), ":0\r\n");
});
