import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { KvError, StorageError } from "@kv/kv";
import { DataClient } from "../../test/data-client.ts";
import { FakeKv } from "../../test/fake-kv.ts";

/** One of each command that takes several operations, and what it says after HSET b k 1 l 2 of the real order. */
const requests = [
  "HGETALL b",
  "HVALS b",
  "HKEYS b",
  "HMGET b k l nothing",
  "HSCAN b 0",
  "HRANDFIELD b 2 WITHVALUES",
  "HINCRBY b k 5",
  "HEXPIREAT b 9000000000 FIELDS 2 k nothing",
  "HTTL b FIELDS 1 l",
  "HEXPIRETIME b FIELDS 2 k l",
  "EXPIREAT b 9000000000 NX",
  "EXPIRETIME b",
  "HSTRLEN b k",
  "EXISTS b nowhere b",
  "SCAN 0 MATCH b",
  "KEYS b*",
  "DBSIZE",
  "PERSIST b",
  "HDEL b k nothing",
  "DEL b nowhere",
] as const;

/** Of the requests, those that write in several places, each by itself. */
const SEVERAL_WRITES = /^(?:DEL|UNLINK|HEXPIREAT) .* /u;

suite("execute()", () => {
  test("answers at once when the buckets do", () => {
    const client = new DataClient(new FakeKv());
    assert.equal(client.askAtOnce("HSET", "b", "k", "1", "l", "2"), ":2\r\n");
    for (const request of requests) {
      assert.notEqual(client.askAtOnce(...request.split(" ")), undefined, request);
    }
  });

  test("says the same when the buckets answer later, though its input is written over", async () => {
    const prompt = new DataClient(new FakeKv());
    const slow = new FakeKv();
    slow.delay = Promise.resolve();
    const client = new DataClient(slow);
    await prompt.ask("HSET", "b", "k", "1", "l", "2");
    await client.ask("HSET", "b", "k", "1", "l", "2");
    for (const request of requests) {
      const words = request.split(" ");
      assert.equal(await client.ask(...words), await prompt.ask(...words), request);
    }
  });

  test("lets a reply wait for what it rests on, once", async () => {
    const kv = new FakeKv();
    const client = new DataClient(kv);
    client.askAtOnce("HSET", "b", "k", "1", "l", "2");
    for (const request of requests) {
      const { promise, resolve } = Promise.withResolvers<void>();
      kv.durable = promise;
      const reply = client.askAtOnce(...request.split(" "));
      assert.equal(reply, undefined, request);
      resolve();
      assert.notEqual(await client.owed(), "", request);
    }
  });

  test("lets a reply wait for all groups where it rests on several", async () => {
    const kv = new FakeKv();
    const client = new DataClient(kv);
    await client.ask("HSET", "a", "k", "1");
    await client.ask("HSET", "b", "k", "1");
    const groups = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const drop = kv.dropBucket.bind(kv);
    let dropped = 0;
    kv.dropBucket = (bucket) => {
      kv.durable = groups[dropped++]?.promise;
      return drop(bucket);
    };
    assert.equal(client.askAtOnce("DEL", "a", "b"), undefined);
    groups[0]?.resolve();
    await groups[0]?.promise;
    kv.durable = undefined;
    assert.equal(client.askAtOnce("PING"), undefined);
    groups[1]?.resolve();
    assert.equal(await client.owed(), ":2\r\n+PONG\r\n");
  });

  test("tells a failure as an error, of a write whether it may be there", async () => {
    const kv = new FakeKv();
    const client = new DataClient(kv);
    await client.ask("HSET", "b", "k", "1");
    for (const request of requests) {
      kv.failure = new KvError("KV_NO_CONNECTION", { node: "bar@host" });
      const reply = await client.ask(...request.split(" "));
      const others = SEVERAL_WRITES.test(request) ? "; the others may have been changed" : "";
      assert.equal(reply, `-ERR no connection to bar@host${others}\r\n`, request);
    }
    kv.failure = undefined;
    kv.durable = Promise.reject(
      new StorageError("STORAGE_WRITE_UNKNOWN", { path: "x", reason: "EIO" }),
    );
    kv.durable.catch(() => {});
    assert.match(await client.ask("HINCRBY", "b", "k", "1"), /^-ERR the write may have been/u);
    assert.match(await client.ask("HGETALL", "b"), /^-ERR what was read may not last/u);
  });
});

suite("an increment", () => {
  test("adds to what another has put since it was read", async () => {
    const kv = new FakeKv();
    const { promise, resolve } = Promise.withResolvers<void>();
    await new DataClient(kv).ask("HSET", "b", "k", "1");
    const client = new DataClient(kv);
    kv.delay = promise;
    assert.equal(client.askAtOnce("HINCRBY", "b", "k", "10"), undefined);
    kv.delay = undefined;
    await new DataClient(kv).ask("HSET", "b", "k", "100");
    resolve();
    assert.equal(await client.owed(), ":110\r\n");
  });

  test("gives up, and says so, when others never stop writing", async () => {
    const kv = new FakeKv();
    const get = kv.get.bind(kv);
    let written = 0;
    kv.get = (bucket, key) => {
      const answer = get(bucket, key);
      kv.buckets.put(bucket, [{ key, value: Buffer.from(String(written++)) }], {
        createsBucket: true,
      });
      return answer;
    };
    const reply = await new DataClient(kv).ask("HINCRBY", "b", "k", "1");
    assert.equal(reply, "-ERR the key is written by too many at a time; try again\r\n");
    assert.equal(written, 100);
  });
});

test("HSET of many fields is one operation of the store, HDEL and DEL one for each bucket", async () => {
  const kv = new FakeKv();
  const client = new DataClient(kv);
  await client.ask("HSET", "b", "k", "1", "l", "2", "m", "3");
  assert.equal(kv.asked, 1);
  await client.ask("HDEL", "b", "k", "l");
  assert.equal(kv.asked, 2);
  await client.ask("DEL", "b");
  assert.equal(kv.asked, 3);
});
