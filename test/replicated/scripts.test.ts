import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import {
  openSingleServer,
  ReplicatedStore,
  type Cluster,
  type Reply,
  type SingleServer,
} from "@kv/storage/redis-cluster";
import {
  type RedisServer,
  startRedisServer,
  withoutRedisServer,
} from "../redis/servers/redis-server.ts";

const bucket = Buffer.from("shopping");
const key = Buffer.from("milk");
const value = Buffer.from("1");
const other = Buffer.from("2");

/** What the engine has to get right when a connection or a primary is lost; DESIGN calls these histories. */
suite("a conditional write of the replicated engine", { skip: withoutRedisServer }, () => {
  let server: RedisServer;
  let cluster: SingleServer;
  let sendings = 1;

  before(async () => {
    server = await startRedisServer();
    const single = await openSingleServer(server.port);
    // A connection that is lost behind a write: it is sent again, if it may be.
    const write: Cluster["write"] = async (hash, script, call) => {
      let written = await single.write(hash, script, call);
      for (let sent = 1; sent < sendings; sent += 1) {
        assert.ok(call.mayRepeat);
        written = { ...(await single.write(hash, script, call)), isRepeated: true };
      }
      return written;
    };
    cluster = { ...single, write };
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test("that is sent twice recognises itself, and is written again", async () => {
    await cluster.flush();
    const store = new ReplicatedStore({ cluster });
    await store.createBucket(bucket);
    const stored = (await store.put(bucket, [{ key, value }])).outcome;
    assert.ok(stored.type === "stored");
    const condition = { type: "revision", revision: stored.revision } as const;
    sendings = 2;
    const again = (await store.put(bucket, [{ key, value: other, condition }])).outcome;
    sendings = 1;
    assert.ok(again.type === "stored");
    const found = (await store.get(bucket, key)).outcome;
    assert.ok(found.type === "found" && found.revision === again.revision);
    assert.deepEqual(found.value, other);
  });

  test("that finds another one's value when it is sent again does not say what it does not know", async () => {
    await cluster.flush();
    const store = new ReplicatedStore({ cluster });
    await store.createBucket(bucket);
    const stored = (await store.put(bucket, [{ key, value }])).outcome;
    assert.ok(stored.type === "stored");
    const condition = { type: "revision", revision: stored.revision } as const;
    await store.put(bucket, [{ key, value: other }]);
    sendings = 2;
    await assert.rejects(store.put(bucket, [{ key, value, condition }]), {
      code: "STORAGE_UNANSWERED",
    });
    sendings = 1;
  });

  test("conflicts with a write that drew the same sequence after a fail-over", async () => {
    await cluster.flush();
    const store = new ReplicatedStore({ cluster });
    await store.createBucket(bucket);
    const lost = (await store.put(bucket, [{ key, value }])).outcome;
    assert.ok(lost.type === "stored");
    // The replica that takes over has never heard of it.
    await cluster.send(["HDEL", "b:shopping", "kmilk"]);
    const marker = textOf(await cluster.send(["HGET", "b:shopping", ""]));
    const [sequence = ""] = marker.split(" ");
    const earlier = marker.replace(sequence, String(BigInt(sequence) - 1n));
    await cluster.send(["HSET", "b:shopping", "", earlier]);
    const kept = (await store.put(bucket, [{ key, value: other }])).outcome;
    assert.ok(kept.type === "stored");
    const [one, two] = [String(lost.revision), String(kept.revision)];
    assert.equal(one.split("-")[0], two.split("-")[0]);
    assert.notEqual(one, two);
    const condition = { type: "revision", revision: lost.revision } as const;
    const refused = (await store.put(bucket, [{ key, value, condition }])).outcome;
    assert.equal(refused.type, "conflict");
    const found = (await store.get(bucket, key)).outcome;
    assert.ok(found.type === "found");
    assert.deepEqual(found.value, other);
  });

  test("by the servers' own clock: what has lapsed is gone, in memory too", async () => {
    await cluster.flush();
    const store = new ReplicatedStore({ cluster });
    const expiresAtMs = Date.now() + 30;
    await store.put(bucket, [{ key, value, expiresAtMs }], { createsBucket: true });
    assert.equal((await store.get(bucket, key)).outcome.type, "found");
    let type = "";
    while (type !== "no-bucket") ({ type } = (await store.get(bucket, key)).outcome);
    assert.ok(Date.now() >= expiresAtMs);
    const { outcome } = await store.put(bucket, [{ key, value }]);
    assert.equal(outcome.type, "no-bucket");
    assert.equal(await store.countBuckets(), 0);
  });
});

function textOf(reply: Reply): string {
  assert.ok(Buffer.isBuffer(reply));
  return reply.toString();
}
