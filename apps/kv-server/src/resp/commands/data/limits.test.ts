import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { DataClient } from "../../../../test/data-client.ts";
import { FakeKv } from "../../../../test/fake-kv.ts";

suite("limits of the data commands", () => {
  test("a key over its limit is refused wherever one is named, and nothing is asked", async () => {
    const kv = new FakeKv();
    const client = new DataClient(kv, { environment: { keyLimitBytes: 3 } });
    const refusal = "-ERR the key is longer than the limit of 3 bytes\r\n";
    for (const words of [
      ["HSET", "b", "abc", "1", "abcd", "2"],
      ["HSETNX", "b", "abcd", "1"],
      ["HGET", "b", "abcd"],
      ["HMGET", "b", "a", "abcd"],
      ["HDEL", "b", "a", "abcd"],
      ["HEXISTS", "b", "abcd"],
      ["HSTRLEN", "b", "abcd"],
      ["HINCRBY", "b", "abcd", "1"],
      ["HEXPIRE", "b", "1", "FIELDS", "1", "abcd"],
      ["HTTL", "b", "FIELDS", "1", "abcd"],
      ["KV.GET", "b", "abcd"],
      ["KV.PUT", "b", "abcd", "1"],
      ["KV.DELETE", "b", "abcd", "IFREV", "1"],
    ]) {
      assert.equal(await client.ask(...words), refusal, words.join(" "));
    }
    assert.equal(kv.asked, 0);
  });

  test("a value over its limit is refused with all of its request", async () => {
    const kv = new FakeKv();
    const client = new DataClient(kv, { environment: { valueLimitBytes: 3 } });
    const refusal = "-ERR the value is longer than the limit of 3 bytes\r\n";
    assert.equal(await client.ask("HSET", "b", "k", "abc", "l", "abcd"), refusal);
    assert.equal(kv.asked, 0);
    assert.equal(await client.ask("HSET", "b", "k", "abc"), ":1\r\n");
  });

  test("a reply over its limit is refused before a value is read, and says the way out", async () => {
    const kv = new FakeKv();
    const client = new DataClient(kv, { environment: { replyLimitBytes: 1000 } });
    await client.ask("HSET", "b", "k", "v".repeat(500), "l", "v".repeat(500));
    const before = kv.asked;
    assert.equal(await client.ask("HGETALL", "b"), refusalWith("HSCAN reads a bucket in parts"));
    assert.equal(await client.ask("HVALS", "b"), refusalWith("HSCAN reads a bucket in parts"));
    assert.equal(await client.ask("HMGET", "b", "k", "l"), refusalWith("ask for fewer keys"));
    assert.equal(
      await client.ask("HRANDFIELD", "b", "-2", "WITHVALUES"),
      refusalWith("HSCAN reads a bucket in parts"),
    );
    // A listing and two descriptions, three times; the other has two descriptions.
    assert.equal(kv.asked - before, 3 + 3 + 2 + 3);
    assert.match(await client.ask("HKEYS", "b"), /^\*2/u);
  });

  test("a listing over the limit is refused", async () => {
    const client = new DataClient(new FakeKv(), { environment: { replyLimitBytes: 1000 } });
    for (let index = 0; index < 20; index++) {
      await client.ask("HSET", `bucket-${index}`, "k", "v");
      await client.ask("HSET", "b", `key-${index}`, "v");
    }
    const reason = "-ERR the reply would be longer than the limit of 1000 bytes; ";
    assert.equal(await client.ask("KEYS", "*"), `${reason}SCAN lists buckets in parts\r\n`);
    assert.equal(await client.ask("KEYS", "b"), "*1\r\n$1\r\nb\r\n");
    assert.equal(await client.ask("HKEYS", "b"), `${reason}HSCAN reads a bucket in parts\r\n`);
    const endless = await client.ask("HRANDFIELD", "bucket-1", "-9223372036854775807");
    assert.equal(endless, `${reason}HSCAN reads a bucket in parts\r\n`);
  });
});

function refusalWith(wayOut: string): string {
  return `-ERR the reply would be longer than the limit of 1000 bytes; ${wayOut}\r\n`;
}
