import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { within } from "../../harness/deadline.ts";
import { type OurServer, startOurServer } from "../servers/our-server.ts";
import { RespClient } from "../wire/resp-client.ts";
import { login, usersOf } from "./login.ts";
import { type Ioredis, openIoredis } from "./open-ioredis.ts";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

suite("ioredis", () => {
  let ours: OurServer;

  before(async () => {
    ours = await startOurServer();
  });
  after(async () => {
    await ours[Symbol.asyncDispose]();
  });

  for (const protocol of [2, 3] as const) {
    const open = (): Promise<Ioredis> => openIoredis({ port: ours.port, protocol });
    const bucket = (name: string): string => `${name}${protocol}`;

    test(`hashes, RESP${protocol}`, async () => {
      await using redis = await open();
      const shopping = bucket("shopping");
      assert.equal(await redis.hset(shopping, "milk", "1"), 1);
      assert.equal(await redis.hset(shopping, { milk: "2", eggs: "3" }), 1);
      assert.equal(await redis.hget(shopping, "milk"), "2");
      assert.equal(await redis.hget(shopping, "beer"), null);
      assert.deepEqual({ ...(await redis.hgetall(shopping)) }, { milk: "2", eggs: "3" });
      assert.deepEqual({ ...(await redis.hgetall("missing")) }, {});
      assert.deepEqual(await redis.hmget(shopping, "eggs", "beer"), ["3", null]);
      assert.deepEqual((await redis.hkeys(shopping)).toSorted(), ["eggs", "milk"]);
      assert.deepEqual((await redis.hvals(shopping)).toSorted(), ["2", "3"]);
      assert.equal(await redis.hlen(shopping), 2);
      assert.equal(await redis.hexists(shopping, "milk"), 1);
      assert.equal(await redis.hsetnx(shopping, "milk", "9"), 0);
      assert.equal(await redis.hstrlen(shopping, "milk"), 1);
      assert.equal(await redis.hincrby(shopping, "milk", 40), 42);
      assert.equal(await redis.hdel(shopping, "milk", "beer"), 1);
      await assert.rejects(redis.hincrby(shopping, "eggs", "x"), /not an integer/u);
      assert.equal(await redis.del(shopping, "missing"), 1);
    });

    test(`buckets and times, RESP${protocol}`, async () => {
      await using redis = await open();
      const garden = bucket("garden");
      await redis.hset(garden, "rose", "red");
      assert.equal(await redis.exists(garden, "missing"), 1);
      assert.equal(await redis.type(garden), "hash");
      assert.equal(await redis.expire(garden, 1000), 1);
      assert.equal(await redis.expire(garden, 2000, "NX"), 0);
      assert.ok((await redis.ttl(garden)) > 900);
      assert.equal(await redis.persist(garden), 1);
      assert.equal(await redis.pttl(garden), -1);
      assert.ok((await redis.keys(`${garden}*`)).includes(garden));
      assert.ok((await redis.dbsize()) >= 1);
      assert.equal(await redis.unlink(garden), 1);
      assert.equal(await redis.ping(), "PONG");
      assert.match(await redis.info("server"), /redis_version:/u);
    });

    test(`pipelines, RESP${protocol}`, async () => {
      await using redis = await open();
      const many = bucket("many");
      const pipeline = redis.pipeline();
      for (let n = 0; n < 1_000; n += 1) pipeline.hset(many, `k${n}`, n);
      const replies = (await pipeline.hget(many, "k7").call("NOSUCH").hlen(many).exec()) ?? [];
      assert.ok(replies.slice(0, 1_000).every(([error, reply]) => error === null && reply === 1));
      assert.equal(replies[1_000]?.[1], "7");
      assert.match(String(replies[1_001]?.[0]), /ERR unknown command 'NOSUCH'/u);
      assert.equal(replies[1_002]?.[1], 1_000);
      await redis.del(many);
    });

    test(`bytes, RESP${protocol}`, async () => {
      await using redis = await open();
      const name = bucket("bytes");
      assert.equal(await redis.hset(name, everyByte, everyByte), 1);
      assert.deepEqual(await redis.hgetBuffer(name, everyByte), everyByte);
      assert.deepEqual(await redis.hkeysBuffer(name), [everyByte]);
      await redis.del(name);
    });

    test(`scans, RESP${protocol}`, async () => {
      await using redis = await open();
      const names = Array.from({ length: 50 }, (_, n) => `${bucket("scanned")}-${n}`);
      await Promise.all(names.map((name) => redis.hset(name, "f", "v")));
      const scan = redis.scanStream({ match: `${bucket("scanned")}-*`, count: 7, type: "hash" });
      assert.deepEqual(await allOf(scan), names.toSorted());
      await redis.del(names);

      const wide = bucket("wide");
      await redis.hset(wide, Object.fromEntries(names.map((name) => [name, "v"])));
      const keys = await allOf(redis.hscanStream(wide, { count: 7 }));
      assert.deepEqual(keys, ["v", ...names].toSorted());
      await redis.del(wide);
    });

    test(`connects again when the connection is cut, RESP${protocol}`, async () => {
      await using redis = await open();
      const isReady = new Promise<void>((resolve) => redis.once("ready", () => resolve()));
      await using other = await RespClient.connect(ours.port);
      const id = await redis.client("ID");
      assert.equal(await other.show("CLIENT", "KILL", "ID", String(id)), ":1");
      await within(isReady, "ioredis to be ready again");
      assert.notEqual(await redis.client("ID"), id);
    });
  }

  test("connects with what it does by default, and tells who it is", async () => {
    await using redis = await openIoredis({ port: ours.port, connectionName: "me" });
    assert.equal(await redis.client("GETNAME"), "me");
    const line = String(await redis.call("CLIENT", "INFO"));
    assert.match(line, / name=me /u);
    assert.match(line, / lib-name=ioredis(?: |$)/mu);
  });

  test("logs in", async () => {
    await using closed = await startOurServer({ users: await usersOf(login) });
    for (const protocol of [2, 3] as const) {
      await using redis = await openIoredis({ port: closed.port, protocol, ...login });
      assert.equal(await redis.hset("b", "f", "v"), protocol === 2 ? 1 : 0);
      const wrong = { port: closed.port, protocol, ...login, password: "x" };
      await assert.rejects(openIoredis(wrong), /WRONGPASS/u);
      await assert.rejects(openIoredis({ port: closed.port, protocol }), /NOAUTH/u);
    }
  });
});

/** All distinct items of all pages, sorted. */
async function allOf(pages: AsyncIterable<readonly string[]>): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const page of pages) for (const item of page) found.add(item);
  return [...found].toSorted();
}
