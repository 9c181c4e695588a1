import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { RESP_TYPES } from "@redis/client";
import { within } from "../../harness/deadline.ts";
import { type OurServer, startOurServer } from "../servers/our-server.ts";
import { RespClient } from "../wire/resp-client.ts";
import { login, usersOf } from "./login.ts";
import { type NodeRedis, openNodeRedis } from "./open-node-redis.ts";

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

suite("node-redis", () => {
  let ours: OurServer;

  before(async () => {
    ours = await startOurServer();
  });
  after(async () => {
    await ours[Symbol.asyncDispose]();
  });

  for (const RESP of [2, 3] as const) {
    const open = (): Promise<NodeRedis> => openNodeRedis({ port: ours.port, RESP });
    const bucket = (name: string): string => `${name}${RESP}`;

    test(`hashes, RESP${RESP}`, async () => {
      await using client = await open();
      const shopping = bucket("shopping");
      assert.equal(await client.hSet(shopping, "milk", "1"), 1);
      assert.equal(await client.hSet(shopping, { milk: "2", eggs: "3" }), 1);
      assert.equal(await client.hGet(shopping, "milk"), "2");
      assert.equal(await client.hGet(shopping, "beer"), null);
      assert.deepEqual({ ...(await client.hGetAll(shopping)) }, { milk: "2", eggs: "3" });
      assert.deepEqual({ ...(await client.hGetAll("missing")) }, {});
      assert.deepEqual(await client.hmGet(shopping, ["eggs", "beer"]), ["3", null]);
      assert.deepEqual((await client.hKeys(shopping)).toSorted(), ["eggs", "milk"]);
      assert.deepEqual((await client.hVals(shopping)).toSorted(), ["2", "3"]);
      assert.equal(await client.hLen(shopping), 2);
      assert.equal(await client.hExists(shopping, "milk"), 1);
      assert.equal(await client.hSetNX(shopping, "milk", "9"), 0);
      assert.equal(await client.hStrLen(shopping, "milk"), 1);
      assert.equal(await client.hIncrBy(shopping, "milk", 40), 42);
      assert.equal(await client.hDel(shopping, ["milk", "beer"]), 1);
      await assert.rejects(client.hIncrBy(shopping, "eggs", 0.5), /not an integer/u);
      assert.equal(await client.del([shopping, "missing"]), 1);
    });

    test(`buckets and times, RESP${RESP}`, async () => {
      await using client = await open();
      const garden = bucket("garden");
      await client.hSet(garden, "rose", "red");
      assert.equal(await client.exists([garden, "missing"]), 1);
      assert.equal(await client.type(garden), "hash");
      assert.equal(await client.type("missing"), "none");
      assert.equal(await client.expire(garden, 1000), 1);
      assert.equal(await client.expire(garden, 2000, "NX"), 0);
      assert.ok((await client.ttl(garden)) > 900);
      assert.ok((await client.pTTL(garden)) > 900_000);
      assert.equal(await client.persist(garden), 1);
      assert.equal(await client.ttl(garden), -1);
      assert.ok((await client.keys(`${garden}*`)).includes(garden));
      assert.ok((await client.dbSize()) >= 1);
      assert.equal(await client.unlink(garden), 1);
      assert.equal(await client.ping(), "PONG");
      assert.equal(await client.echo("hello"), "hello");
      assert.ok((await client.clientId()) > 0);
      assert.match(await client.info("server"), /redis_version:/u);
      assert.equal((await client.time()).length, 2);
    });

    test(`pipelines, RESP${RESP}`, async () => {
      await using client = await open();
      const many = bucket("many");
      const replies = await Promise.all(
        Array.from({ length: 1_000 }, (_, n) => client.hSet(many, `k${n}`, n)),
      );
      assert.ok(replies.every((reply) => reply === 1));
      const batch = client.multi().hGet(many, "k7").hLen(many).hGet(many, "k8");
      assert.deepEqual(await batch.execAsPipeline(), ["7", 1_000, "8"]);
      await client.del(many);
    });

    test(`bytes, RESP${RESP}`, async () => {
      await using client = await open();
      const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
      const name = bucket("bytes");
      assert.equal(await bytes.hSet(name, everyByte, everyByte), 1);
      assert.deepEqual(await bytes.hGet(name, everyByte), everyByte);
      assert.deepEqual(await bytes.hKeys(name), [everyByte]);
      await client.del(name);
    });

    test(`scans, RESP${RESP}`, async () => {
      await using client = await open();
      const names = Array.from({ length: 50 }, (_, n) => `${bucket("scanned")}-${n}`);
      await Promise.all(names.map((name) => client.hSet(name, "f", "v")));
      const found = new Set<string>();
      const options = { MATCH: `${bucket("scanned")}-*`, COUNT: 7, TYPE: "hash" } as const;
      for await (const page of client.scanIterator(options))
        for (const name of page) found.add(name);
      assert.deepEqual([...found].toSorted(), names.toSorted());
      await client.del(names);

      const wide = bucket("wide");
      await client.hSet(wide, Object.fromEntries(names.map((name) => [name, "v"])));
      const keys = new Set<string>();
      for await (const page of client.hScanIterator(wide, { COUNT: 7 })) {
        for (const { field } of page) keys.add(field);
      }
      assert.deepEqual([...keys].toSorted(), names.toSorted());
      await client.del(wide);
    });

    test(`times of keys, RESP${RESP}`, async () => {
      await using client = await open();
      const name = bucket("keys");
      await client.hSet(name, { f: "1", g: "2" });
      assert.deepEqual(await client.hExpire(name, ["f", "x"], 1000), [1, -2]);
      const [f, g] = (await client.hTTL(name, ["f", "g"])) ?? [];
      assert.ok(Number(f) > 900);
      assert.equal(g, -1);
      assert.deepEqual(await client.hPersist(name, "f"), [1]);
      await client.del(name);
    });

    test(`connects again when the connection is cut, RESP${RESP}`, async () => {
      await using client = await open();
      const isReady = new Promise<void>((resolve) => client.once("ready", resolve));
      await using other = await RespClient.connect(ours.port);
      const id = await client.clientId();
      assert.equal(await other.show("CLIENT", "KILL", "ID", String(id)), ":1");
      await within(isReady, "node-redis to be ready again");
      assert.notEqual(await client.clientId(), id);
    });
  }

  test("tells who it is", async () => {
    await using client = await openNodeRedis({ port: ours.port, RESP: 3, name: "me" });
    assert.equal(await client.clientGetName(), "me");
    // The library reads three figures of this line in one go, and only where all are there.
    const line = await client.sendCommand<string>(["CLIENT", "INFO"]);
    assert.match(line, / name=me /u);
    assert.match(line, / resp=3(?: |$)/mu);
    assert.match(line, / lib-name=node-redis(?: |$)/mu);
    const { id, name } = await client.clientInfo();
    assert.deepEqual({ id, name }, { id: await client.clientId(), name: "me" });
  });

  test("logs in", async () => {
    await using closed = await startOurServer({ users: await usersOf(login) });
    for (const RESP of [2, 3] as const) {
      await using client = await openNodeRedis({ port: closed.port, RESP, ...login });
      assert.equal(await client.hSet("b", "f", "v"), RESP === 2 ? 1 : 0);
    }
    const stranger = { port: closed.port, RESP: 3 } as const;
    await assert.rejects(openNodeRedis({ ...stranger, ...login, password: "x" }), /WRONGPASS/u);
    await assert.rejects(openNodeRedis(stranger), /NOAUTH/u);
  });
});
