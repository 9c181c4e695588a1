/**
 * Redis 7.0, beside which the other commands are held, does not have these: what they answer is from the documentation of
 * Redis 7.4, https://redis.io/docs/latest/commands/hexpire/ and its neighbours.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DataClient } from "../../../../test/data-client.ts";
import { FakeKv } from "../../../../test/fake-kv.ts";
import { testExchange } from "../../../../test/play.ts";

const nowMs = 1_700_000_000_400;

test("HEXPIRE and its like set when keys go, HTTL and its like show it", async () => {
  const kv = new FakeKv();
  kv.buckets.nowMs = nowMs;
  const client = new DataClient(kv, { unixTimeMs: () => kv.buckets.nowMs });
  const exchanges = [
    ["HSET b k 1 l 2 m 3", ":3\r\n"],
    ["HTTL b FIELDS 2 k nothing", "*2\r\n:-1\r\n:-2\r\n"],
    ["HEXPIRE b 100 FIELDS 3 k l nothing", "*3\r\n:1\r\n:1\r\n:-2\r\n"],
    ["HTTL b FIELDS 2 k m", "*2\r\n:100\r\n:-1\r\n"],
    ["HPTTL b FIELDS 1 k", "*1\r\n:100000\r\n"],
    ["HPEXPIRE b 1001 fields 1 k", "*1\r\n:1\r\n"],
    ["HTTL b FIELDS 1 k", "*1\r\n:2\r\n"],
    ["HPEXPIRETIME b FIELDS 1 k", "*1\r\n:1700000001401\r\n"],
    ["HEXPIRETIME b FIELDS 1 k", "*1\r\n:1700000002\r\n"],
    ["HEXPIREAT b 1700000100 FIELDS 1 k", "*1\r\n:1\r\n"],
    ["HPTTL b FIELDS 1 k", "*1\r\n:99600\r\n"],
    ["HPEXPIREAT b 1700000000401 FIELDS 1 k", "*1\r\n:1\r\n"],
    ["HPERSIST b FIELDS 3 l m nothing", "*3\r\n:1\r\n:-1\r\n:-2\r\n"],
  ] as const;
  for (const [request, reply] of exchanges) {
    assert.equal(await client.ask(...request.split(" ")), reply, request);
  }
  kv.buckets.nowMs += 1;
  assert.equal(await client.ask("HEXISTS", "b", "k"), ":0\r\n");
  assert.equal(await client.ask("HLEN", "b"), ":2\r\n");
});

testExchange("a time that is over already deletes the key, and the bucket with the last one", [
  ["HSET b k 1 l 2", ":2\r\n"],
  ["HPEXPIREAT b 0 FIELDS 2 k nothing", "*2\r\n:2\r\n:-2\r\n"],
  ["HEXISTS b k", ":0\r\n"],
  ["HEXPIRE b 0 FIELDS 1 l", "*1\r\n:2\r\n"],
  ["EXISTS b", ":0\r\n"],
]);

testExchange("NX, XX, GT and LT decide for each key by itself", [
  ["HSET b k 1 l 2", ":2\r\n"],
  ["HEXPIREAT b 9000000000 NX FIELDS 1 k", "*1\r\n:1\r\n"],
  ["HEXPIREAT b 9000000005 nx FIELDS 2 k l", "*2\r\n:0\r\n:1\r\n"],
  ["HEXPIREAT b 9000000002 GT FIELDS 2 k l", "*2\r\n:1\r\n:0\r\n"],
  ["HEXPIREAT b 9000000003 LT FIELDS 2 k l", "*2\r\n:0\r\n:1\r\n"],
  ["HPERSIST b FIELDS 1 k", "*1\r\n:1\r\n"],
  ["HEXPIREAT b 9000000004 XX FIELDS 2 k l", "*2\r\n:0\r\n:1\r\n"],
  ["HEXPIREAT b 9000000004 GT FIELDS 1 k", "*1\r\n:0\r\n"],
  ["HEXPIREAT b 9000000004 LT FIELDS 1 k", "*1\r\n:1\r\n"],
]);

testExchange("HINCRBY keeps the expiry of a key, and HSET takes it away", [
  ["HSET b k 1", ":1\r\n"],
  ["HEXPIREAT b 9000000000 FIELDS 1 k", "*1\r\n:1\r\n"],
  ["HINCRBY b k 1", ":2\r\n"],
  ["HEXPIRETIME b FIELDS 1 k", "*1\r\n:9000000000\r\n"],
  ["HSET b k 1", ":0\r\n"],
  ["HEXPIRETIME b FIELDS 1 k", "*1\r\n:-1\r\n"],
]);

testExchange("the expiry of keys where there is no bucket", [
  ["HEXPIRE b 1 FIELDS 2 k l", "*2\r\n:-2\r\n:-2\r\n"],
  ["HTTL b FIELDS 1 k", "*1\r\n:-2\r\n"],
  ["HPERSIST b FIELDS 1 k", "*1\r\n:-2\r\n"],
]);

const NO_FIELDS = "-ERR Mandatory argument FIELDS is missing or not at the right position\r\n";
const MISCOUNTED = "-ERR The `numfields` parameter must match the number of arguments\r\n";

testExchange("the expiry of keys is refused where its words are wrong", [
  ["HEXPIRE b 1 FIELDS 1", "-ERR wrong number of arguments for 'hexpire' command\r\n"],
  ["HEXPIRE b x FIELDS 1 k", "-ERR value is not an integer or out of range\r\n"],
  ["HEXPIRE b -1 FIELDS 1 k", "-ERR invalid expire time, must be >= 0\r\n"],
  ["HEXPIRE b 70368744178 FIELDS 1 k", "-ERR invalid expire time in 'hexpire' command\r\n"],
  [
    "HPEXPIREAT b 70368744177664 FIELDS 1 k",
    "-ERR invalid expire time in 'hpexpireat' command\r\n",
  ],
  ["HPEXPIREAT b 70368744177663 FIELDS 1 k", "*1\r\n:-2\r\n"],
  ["HEXPIRE b 1 FOO 1 k", NO_FIELDS],
  ["HEXPIRE b 1 NX NX FIELDS 1 k", NO_FIELDS],
  ["HEXPIRE b 1 FIELDS 0 k", "-ERR Parameter `numFields` should be greater than 0\r\n"],
  ["HEXPIRE b 1 FIELDS 2 k", MISCOUNTED],
  ["HEXPIRE b 1 FIELDS 1 k l", MISCOUNTED],
  ["HTTL b FOO 1 k", NO_FIELDS],
  ["HTTL b FIELDS 0 k", "-ERR Number of fields must be a positive integer\r\n"],
  ["HTTL b FIELDS 2 k", MISCOUNTED],
  ["HPERSIST b FIELDS x k", "-ERR Number of fields must be a positive integer\r\n"],
]);
