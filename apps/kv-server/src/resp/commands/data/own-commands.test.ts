import assert from "node:assert/strict";
import { test } from "node:test";
import { DataClient } from "../../../../test/data-client.ts";
import { FakeKv } from "../../../../test/fake-kv.ts";
import { openMemoryKv } from "../../../../test/open-kv.ts";
import { testExchange } from "../../../../test/play.ts";

for (const version of [2, 3] as const) {
  const NULL = version === 3 ? "_\r\n" : "$-1\r\n";

  test(`KV.PUT and KV.DELETE go through only at the revision that was read, RESP${version}`, async () => {
    await using memory = await openMemoryKv();
    for (const kv of [memory.kv, new FakeKv()]) {
      const client = new DataClient(kv, { version });
      const first = bulkOf(await client.ask("KV.PUT", "b", "k", "1"));
      assert.equal(await client.ask("KV.GET", "b", "k"), got("1", first));
      const second = bulkOf(await client.ask("KV.PUT", "b", "k", "2", "IFREV", first));
      assert.notEqual(first, second);
      assert.equal(await client.ask("KV.PUT", "b", "k", "3", "IFREV", first), NULL);
      assert.equal(await client.ask("KV.DELETE", "b", "k", "IFREV", first), NULL);
      assert.equal(await client.ask("KV.GET", "b", "k"), got("2", second));
      assert.equal(await client.ask("KV.DELETE", "b", "k", "IFREV", second), ":1\r\n");
      assert.equal(await client.ask("EXISTS", "b"), ":0\r\n");
    }
  });
}

testExchange("KV.PUT, KV.GET and KV.DELETE of what is not there", [
  ["KV.GET b k", "$-1\r\n", "_\r\n"],
  ["KV.PUT b k 1 IFREV 1", "$-1\r\n", "_\r\n"],
  ["KV.DELETE b k IFREV 1", ":0\r\n"],
  ["EXISTS b", ":0\r\n"],
  ["HSET b l 1", ":1\r\n"],
  ["KV.GET b k", "$-1\r\n", "_\r\n"],
  ["KV.PUT b k 1 IFREV 1", "$-1\r\n", "_\r\n"],
  ["KV.DELETE b k IFREV 1", ":0\r\n"],
  ["KV.PUT b l 2 IFABSENT", "$-1\r\n", "_\r\n"],
  ["KV.PUT b l 2 IFREV nonsense", "$-1\r\n", "_\r\n"],
  ["HGET b l", "$1\r\n1\r\n"],
]);

testExchange("KV.PUT and KV.DELETE refuse options that do not go together", [
  ["KV.PUT b k 1 FOO", "-ERR syntax error\r\n"],
  ["KV.PUT b k 1 IFREV", "-ERR syntax error\r\n"],
  ["KV.PUT b k 1 IFREV 1 IFABSENT", "-ERR syntax error\r\n"],
  ["KV.PUT b k 1 PX 1 PXAT 1", "-ERR syntax error\r\n"],
  ["KV.PUT b k 1 PX", "-ERR syntax error\r\n"],
  ["KV.PUT b k 1 PX x", "-ERR value is not an integer or out of range\r\n"],
  ["KV.PUT b k 1 PX 0", "-ERR invalid expire time in 'kv.put' command\r\n"],
  ["KV.DELETE b k IF 1", "-ERR syntax error\r\n"],
  ["EXISTS b", ":0\r\n"],
]);

test("KV.PUT sets an expiry, which KV.GET shows", async () => {
  const kv = new FakeKv();
  const client = new DataClient(kv, { unixTimeMs: () => 1000 });
  const revision = bulkOf(await client.ask("KV.PUT", "b", "k", "1", "IFABSENT", "PX", "500"));
  assert.equal(await client.ask("KV.GET", "b", "k"), got("1", revision, 1500));
  const next = bulkOf(await client.ask("KV.PUT", "b", "k", "1", "pxat", "7000"));
  assert.equal(await client.ask("KV.GET", "b", "k"), got("1", next, 7000));
  assert.match(await client.ask("KV.PUT", "b", "k", "1"), /^\$/u);
  assert.match(await client.ask("KV.GET", "b", "k"), /:-1\r\n$/u);
});

testExchange("KV.CREATE makes a bucket of HSET stay", [
  ["HSET b k 1", ":1\r\n"],
  ["KV.CREATE b", "+OK\r\n"],
  ["HDEL b k", ":1\r\n"],
  ["EXISTS b", ":1\r\n"],
]);

function bulkOf(reply: string): string {
  const [, revision = ""] = /^\$\d+\r\n(.+)\r\n$/u.exec(reply) ?? assert.fail(reply);
  return revision;
}

function got(value: string, revision: string, expiresAtMs = -1): string {
  return `*3\r\n$${value.length}\r\n${value}\r\n$${revision.length}\r\n${revision}\r\n:${expiresAtMs}\r\n`;
}
