import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { DataClient } from "../../test/data-client.ts";
import { openDiskKv } from "../../test/open-kv.ts";

/** Enough that the group they were written in is not in memory any more, with values that are not cached. */
const keys = Array.from({ length: 200 }, (_, index) => `key-${index}`);
const old = "o".repeat(500);

suite("what is read from the disk", { timeout: 60_000 }, () => {
  for (const [name, words] of [
    ["HGETALL", ["HGETALL", "b"]],
    ["HVALS", ["HVALS", "b"]],
    ["HMGET", ["HMGET", "b", ...keys]],
    ["HRANDFIELD", ["HRANDFIELD", "b", "200", "WITHVALUES"]],
  ] as const) {
    test(`by ${name} is as it was at one moment, whatever is written meanwhile`, async () => {
      await using disk = await openDiskKv();
      const client = new DataClient(disk.kv);
      await client.ask("HSET", "b", ...keys.flatMap((key) => [key, old]));
      assert.equal(client.askAtOnce(...words), undefined, "the disk answers later");
      const others = new DataClient(disk.kv);
      others.askAtOnce("HSET", "b", ...keys.flatMap((key) => [key, "new"]));
      others.askAtOnce("DEL", "b");
      const reply = await client.owed();
      assert.equal(reply.split(old).length - 1, keys.length);
      assert.ok(!reply.includes("new"));
      assert.equal(await others.owed(), ":0\r\n:1\r\n");
    });
  }

  test("counts on, whoever else does", async () => {
    await using disk = await openDiskKv();
    const clients = Array.from({ length: 5 }, () => new DataClient(disk.kv));
    await clients[0]?.ask("HSET", "b", "k", "0");
    const counted = clients.map(async (client) => {
      for (let time = 0; time < 10; time++) await client.ask("HINCRBY", "b", "k", "1");
    });
    await Promise.all(counted);
    assert.equal(await clients[0]?.ask("HGET", "b", "k"), "$2\r\n50\r\n");
  });

  test("is not read at all by HEXISTS, HSTRLEN and HTTL", async () => {
    await using disk = await openDiskKv();
    const client = new DataClient(disk.kv);
    await client.ask("HSET", "b", "k", old);
    assert.equal(client.askAtOnce("HEXISTS", "b", "k"), ":1\r\n");
    assert.equal(client.askAtOnce("HSTRLEN", "b", "k"), ":500\r\n");
    assert.equal(client.askAtOnce("HTTL", "b", "FIELDS", "1", "k"), "*1\r\n:-1\r\n");
    assert.equal(client.askAtOnce("HGET", "b", "k"), undefined);
    assert.equal(await client.owed(), `$500\r\n${old}\r\n`);
  });
});
