import assert from "node:assert/strict";
import { test } from "node:test";
import { DataClient } from "../../../../test/data-client.ts";
import { openMemoryKv } from "../../../../test/open-kv.ts";
import { testExchange } from "../../../../test/play.ts";

testExchange("SCAN, HSCAN and KEYS show what matches", [
  ["HSET shopping milk 1", ":1\r\n"],
  ["HSET garden rose 2", ":1\r\n"],
  ["SCAN 0 MATCH s*", "*2\r\n$1\r\n0\r\n*1\r\n$8\r\nshopping\r\n"],
  ["scan 0 match ?arden count 100", "*2\r\n$1\r\n0\r\n*1\r\n$6\r\ngarden\r\n"],
  ["SCAN 0 MATCH x*", "*2\r\n$1\r\n0\r\n*0\r\n"],
  ["SCAN 0 MATCH s* TYPE hash", "*2\r\n$1\r\n0\r\n*1\r\n$8\r\nshopping\r\n"],
  ["SCAN 0 TYPE string", "*2\r\n$1\r\n0\r\n*0\r\n"],
  ["HSCAN shopping 0", "*2\r\n$1\r\n0\r\n*2\r\n$4\r\nmilk\r\n$1\r\n1\r\n"],
  ["HSCAN shopping 0 MATCH x", "*2\r\n$1\r\n0\r\n*0\r\n"],
  ["HSCAN nowhere 0", "*2\r\n$1\r\n0\r\n*0\r\n"],
  ["KEYS *d*", "*1\r\n$6\r\ngarden\r\n"],
  ["KEYS x", "*0\r\n"],
  ["DBSIZE", ":2\r\n"],
]);

testExchange("SCAN and HSCAN refuse what Redis does", [
  ["SCAN x", "-ERR invalid cursor\r\n"],
  ["SCAN 9007199254740993", "-ERR invalid cursor\r\n"],
  ["SCAN 0 COUNT 0", "-ERR syntax error\r\n"],
  ["SCAN 0 COUNT x", "-ERR value is not an integer or out of range\r\n"],
  ["SCAN 0 COUNT", "-ERR syntax error\r\n"],
  ["SCAN 0 FOO 1", "-ERR syntax error\r\n"],
  ["HSCAN b 0 TYPE hash", "-ERR syntax error\r\n"],
  ["HSCAN b x", "-ERR invalid cursor\r\n"],
  [
    `SCAN 0 MATCH ${"x".repeat(1025)}`,
    "-ERR the pattern is longer than the limit of 1024 bytes\r\n",
  ],
]);

test("SCAN followed to its end names every bucket, however many it looks at in one part", async () => {
  await using memory = await openMemoryKv();
  const client = new DataClient(memory.kv);
  const names = Array.from({ length: 57 }, (_, index) => `bucket-${index}`);
  for (const name of names) await client.ask("HSET", name, "k", "v");
  for (const count of ["1", "10", "100000"]) {
    const seen = await scanAll(client, ["SCAN"], ["COUNT", count]);
    assert.deepEqual(seen.toSorted(), names.toSorted());
  }
});

test("HSCAN followed to its end shows every key with its value", async () => {
  await using memory = await openMemoryKv();
  const client = new DataClient(memory.kv);
  const pairs = Array.from({ length: 57 }, (_, index) => [`key-${index}`, `value-${index}`]);
  await client.ask("HSET", "b", ...pairs.flat());
  const seen = await scanAll(client, ["HSCAN", "b"], []);
  assert.deepEqual(seen.toSorted(), pairs.flat().toSorted());
});

test("HSCAN shows fewer keys at a time where their values are large, and never fails for it", async () => {
  await using memory = await openMemoryKv();
  const client = new DataClient(memory.kv, { environment: { replyLimitBytes: 1000 } });
  for (let index = 0; index < 20; index++) {
    await client.ask("HSET", "b", `key-${index}`, "v".repeat(index === 7 ? 5000 : 300));
  }
  assert.match(await client.ask("HGETALL", "b"), /^-ERR the reply would be longer than the limit/u);
  const part = await client.ask("HSCAN", "b", "0", "COUNT", "20");
  assert.ok(Array.from(part.matchAll(/key-/gu)).length <= 2, part);
  const seen = await scanAll(client, ["HSCAN", "b"], ["COUNT", "20"]);
  assert.equal(new Set(seen.filter((word) => word.startsWith("key-"))).size, 20);
});

test("SCAN and HSCAN look at a thousand entries at a time at most, whatever COUNT says", async () => {
  await using memory = await openMemoryKv();
  const client = new DataClient(memory.kv);
  const fields = Array.from({ length: 1500 }, (_, index) => [String(index), "v"]);
  await client.ask("HSET", "b", ...fields.flat());
  const part = await client.ask("HSCAN", "b", "0", "COUNT", "1500");
  assert.match(part, /^\*2\r\n\$\d+\r\n[1-9]\d*\r\n\*20\d\d\r\n/u);
  for (let index = 0; index < 1500; index++) await client.ask("HSET", `bucket-${index}`, "k", "v");
  const names = await client.ask("SCAN", "0", "COUNT", "1500");
  assert.match(names, /^\*2\r\n\$\d+\r\n[1-9]\d*\r\n\*10\d\d\r\n/u);
});

/** Follows the cursors. All bulks but the cursors, which hold no line break. */
async function scanAll(
  client: DataClient,
  command: readonly string[],
  options: readonly string[],
): Promise<readonly string[]> {
  const seen: string[] = [];
  let cursor = "0";
  do {
    const reply = await client.ask(...command, cursor, ...options);
    const [next = "", ...bulks] = reply
      .split("\r\n")
      .slice(1)
      .filter((line) => line !== "" && !/^[$*]/u.test(line));
    cursor = next;
    seen.push(...bulks);
  } while (cursor !== "0");
  return seen;
}
