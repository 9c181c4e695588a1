import assert from "node:assert/strict";
import { test } from "node:test";
import { DataClient } from "../../../../test/data-client.ts";
import { FakeKv } from "../../../../test/fake-kv.ts";
import { openMemoryKv } from "../../../../test/open-kv.ts";
import { testExchange } from "../../../../test/play.ts";

testExchange("EXISTS, DEL, UNLINK and TYPE take buckets as they are named", [
  ["HSET a k 1", ":1\r\n"],
  ["HSET b k 1", ":1\r\n"],
  ["EXISTS a", ":1\r\n"],
  ["EXISTS a b a nowhere", ":3\r\n"],
  ["TYPE a", "+hash\r\n"],
  ["TYPE nowhere", "+none\r\n"],
  ["DEL a a nowhere", ":1\r\n"],
  ["UNLINK a b", ":1\r\n"],
  ["DBSIZE", ":0\r\n"],
]);

test("any bytes name a bucket, also those that no line could carry as a word", async () => {
  await using memory = await openMemoryKv();
  const client = new DataClient(memory.kv);
  for (const name of ["my list", "\r\n", "\0", "\xff\xfe", "\t", "x".repeat(255)]) {
    assert.equal(await client.ask("HSET", name, "k", "1"), ":1\r\n");
    assert.equal(await client.ask("KEYS", "*"), `*1\r\n$${name.length}\r\n${name}\r\n`);
    assert.equal(await client.ask("DEL", name), ":1\r\n");
  }
});

test("a name that cannot be a bucket's is refused by each command, and nothing is asked", async () => {
  const kv = new FakeKv();
  const client = new DataClient(kv);
  const long = "x".repeat(256);
  const requests = [
    ["HSET", "?", "k", "v"],
    ["HMSET", "?", "k", "v"],
    ["HSETNX", "?", "k", "v"],
    ["HGET", "?", "k"],
    ["HMGET", "?", "k"],
    ["HDEL", "?", "k"],
    ["HGETALL", "?"],
    ["HLEN", "?"],
    ["HEXISTS", "?", "k"],
    ["HINCRBY", "?", "k", "1"],
    ["HRANDFIELD", "?"],
    ["HSCAN", "?", "0"],
    ["EXISTS", "a", "?"],
    ["DEL", "a", "?"],
    ["TYPE", "?"],
    ["TTL", "?"],
    ["EXPIRE", "?", "1"],
    ["PERSIST", "?"],
    ["HTTL", "?", "FIELDS", "1", "k"],
    ["HEXPIRE", "?", "1", "FIELDS", "1", "k"],
    ["HPERSIST", "?", "FIELDS", "1", "k"],
    ["KV.GET", "?", "k"],
    ["KV.PUT", "?", "k", "v"],
    ["KV.DELETE", "?", "k", "IFREV", "1"],
    ["KV.CREATE", "?"],
  ];
  for (const words of requests) {
    const named = (name: string) =>
      client.ask(...words.map((word) => (word === "?" ? name : word)));
    assert.equal(await named(""), "-ERR the bucket name is empty\r\n", words.join(" "));
    const reason = "the bucket name is longer than the limit of 255 bytes";
    assert.equal(await named(long), `-ERR ${reason}\r\n`, words.join(" "));
  }
  assert.equal(kv.asked, 0);
});
