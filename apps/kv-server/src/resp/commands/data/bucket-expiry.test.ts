import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { DataClient } from "../../../../test/data-client.ts";
import { FakeKv } from "../../../../test/fake-kv.ts";
import { openMemoryKv } from "../../../../test/open-kv.ts";
import { type Exchange, testExchange } from "../../../../test/play.ts";

/** Somewhere in the year 2023: not a whole second. */
const nowMs = 1_700_000_000_400;

test("EXPIRE and its like set when a bucket goes, TTL and its like show it", async () => {
  const kv = new FakeKv();
  kv.buckets.nowMs = nowMs;
  const client = new DataClient(kv, { unixTimeMs: () => kv.buckets.nowMs });
  await ask(client, [
    ["HSET b k 1", ":1\r\n"],
    ["TTL b", ":-1\r\n"],
    ["PTTL b", ":-1\r\n"],
    ["EXPIRETIME b", ":-1\r\n"],
    ["EXPIRE b 100", ":1\r\n"],
    ["TTL b", ":100\r\n"],
    ["PTTL b", ":100000\r\n"],
    ["EXPIRETIME b", ":1700000100\r\n"],
    ["PEXPIRETIME b", ":1700000100400\r\n"],
    ["PEXPIRE b 1499", ":1\r\n"],
    ["TTL b", ":1\r\n"],
    ["PEXPIRE b 1500", ":1\r\n"],
    ["TTL b", ":2\r\n"],
    ["EXPIREAT b 1700000200", ":1\r\n"],
    ["PTTL b", ":199600\r\n"],
    ["PEXPIREAT b 1700000200123", ":1\r\n"],
    ["PEXPIRETIME b", ":1700000200123\r\n"],
    ["PERSIST b", ":1\r\n"],
    ["PERSIST b", ":0\r\n"],
    ["TTL b", ":-1\r\n"],
    ["EXPIRE b 1", ":1\r\n"],
  ]);
  kv.buckets.nowMs += 999;
  assert.equal(await client.ask("HGET", "b", "k"), "$1\r\n1\r\n");
  kv.buckets.nowMs += 1;
  assert.equal(await client.ask("HGET", "b", "k"), "$-1\r\n");
  assert.equal(await client.ask("TTL", "b"), ":-2\r\n");
});

testExchange("an expiry that is over already drops the bucket", [
  ["HSET b k 1", ":1\r\n"],
  ["EXPIRE b 0", ":1\r\n"],
  ["EXISTS b", ":0\r\n"],
  ["HSET b k 1", ":1\r\n"],
  ["PEXPIRE b -9223372036854775808", ":1\r\n"],
  ["EXISTS b", ":0\r\n"],
]);

testExchange("a moment that no store could count to is kept as the latest one", [
  ["HSET b k 1", ":1\r\n"],
  ["PEXPIREAT b 9223372036854775807", ":1\r\n"],
  ["PEXPIRETIME b", ":9007199254740991\r\n"],
  ["PEXPIRE b 9007199254740991", ":1\r\n"],
  ["PEXPIRETIME b", ":9007199254740991\r\n"],
]);

testExchange("NX, XX, GT and LT decide which expiry is replaced", [
  ["HSET b k 1", ":1\r\n"],
  ["EXPIREAT b 9000000000 XX", ":0\r\n"],
  ["EXPIREAT b 9000000000 GT", ":0\r\n"],
  ["EXPIREAT b 9000000000 LT", ":1\r\n"],
  ["EXPIREAT b 9000000001 NX", ":0\r\n"],
  ["EXPIREAT b 9000000000 GT", ":0\r\n"],
  ["EXPIREAT b 9000000001 gt", ":1\r\n"],
  ["EXPIREAT b 9000000001 LT", ":0\r\n"],
  ["EXPIREAT b 9000000000 XX GT", ":0\r\n"],
  ["EXPIREAT b 9000000005 XX", ":1\r\n"],
  ["EXPIRETIME b", ":9000000005\r\n"],
  ["PERSIST b", ":1\r\n"],
  ["EXPIREAT b 9000000002 NX", ":1\r\n"],
]);

testExchange("expiry of what is not there, and what Redis refuses", [
  ["EXPIRE b 1", ":0\r\n"],
  ["PERSIST b", ":0\r\n"],
  ["TTL b", ":-2\r\n"],
  ["PTTL b", ":-2\r\n"],
  ["EXPIRETIME b", ":-2\r\n"],
  ["EXPIRE b x", "-ERR value is not an integer or out of range\r\n"],
  ["EXPIRE b 1 FOO", "-ERR Unsupported option FOO\r\n"],
  ["EXPIRE b 1 NX GT", "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n"],
  ["EXPIRE b 1 GT LT", "-ERR GT and LT options at the same time are not compatible\r\n"],
  ["EXPIRE b 9223372036854775807", "-ERR invalid expire time in 'expire' command\r\n"],
  ["PEXPIREAT b 9223372036854775807", ":0\r\n"],
]);

test("a moment that is so near to the end of 64 bits that it would pass it is refused", async () => {
  const client = new DataClient(new FakeKv(), { unixTimeMs: () => 8 });
  const refusal = "-ERR invalid expire time in 'pexpire' command\r\n";
  assert.equal(await client.ask("PEXPIRE", "b", "9223372036854775800"), refusal);
  assert.equal(await client.ask("PEXPIRE", "b", "9223372036854775799"), ":0\r\n");
});

test("a bucket of the real store goes in the millisecond it expires", async () => {
  mock.timers.enable({ apis: ["Date"], now: nowMs });
  try {
    await using memory = await openMemoryKv();
    const client = new DataClient(memory.kv, { unixTimeMs: () => nowMs });
    await ask(client, [
      ["HSET b k 1", ":1\r\n"],
      ["PEXPIRE b 250", ":1\r\n"],
    ]);
    mock.timers.setTime(nowMs + 249);
    assert.equal(await client.ask("EXISTS", "b"), ":1\r\n");
    mock.timers.setTime(nowMs + 250);
    assert.equal(await client.ask("EXISTS", "b"), ":0\r\n");
  } finally {
    mock.timers.reset();
  }
});

async function ask(client: DataClient, exchanges: readonly Exchange[]): Promise<void> {
  for (const [request, reply] of exchanges) {
    assert.equal(await client.ask(...request.split(" ")), reply, request);
  }
}
