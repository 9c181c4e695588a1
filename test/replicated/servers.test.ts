import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { openRedisClusterStore } from "@kv/storage/redis-cluster";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";
import { documentedRules } from "./documented-rules.ts";

suite("the servers of a store", { skip: withoutServer }, () => {
  let servers: LocalCluster;
  before(async () => {
    const rules = await documentedRules();
    servers = await startCluster({ primaries: 3, replicas: 1, settings: [`user kv on ${rules}`] });
  });
  after(async () => {
    await servers[Symbol.asyncDispose]();
  });

  test("take a user who may do no more than the docs ask for, which is all that a store does", async () => {
    await using store = await openRedisClusterStore({
      nodes: servers.addresses,
      username: "kv",
      password: "PASSWORD",
    });
    const [bucket, key, value] = ["shopping", "milk", "1"].map((text) => Buffer.from(text));
    assert.ok(bucket !== undefined && key !== undefined && value !== undefined);
    const { outcome } = await store.createBucket(bucket);
    assert.equal(outcome.type, "created");
    const condition = { type: "absent" } as const;
    const fields = [
      { key, value },
      { key: value, value, expiresAtMs: 4_102_444_800_000 },
    ];
    assert.equal((await store.put(bucket, fields)).outcome.type, "stored");
    assert.equal((await store.put(bucket, [{ key, value, condition }])).outcome.type, "conflict");
    assert.equal((await store.get(bucket, key)).outcome.type, "found");
    assert.equal((await store.describeKey(bucket, key)).outcome.type, "found");
    assert.equal((await store.describeBucket(bucket)).outcome.type, "found");
    for (const expiry of [4_102_444_800_000, undefined]) {
      assert.equal((await store.expire(bucket, undefined, expiry)).outcome.type, "updated");
    }
    assert.equal((await store.listBuckets()).outcome.page.entries.length, 1);
    assert.equal((await store.listKeys(bucket)).outcome.type, "listed");
    assert.equal(await store.countBuckets?.(), 1);
    assert.equal((await store.delete(bucket, [key])).outcome.type, "deleted");
    assert.equal((await store.dropBucket(bucket)).outcome.type, "dropped");
    const { warnings } = await store.clusterStatus();
    assert.deepEqual(
      warnings.filter((warning) => !warning.includes("on one host")),
      [],
    );
  });

  test("hold the lock for changes for that user, too, as no bucket", async () => {
    const options = { nodes: servers.addresses, username: "kv", password: "PASSWORD" };
    await using store = await openRedisClusterStore(options);
    const bucket = Buffer.from("%change");
    await store.createBucket(bucket);
    const lock = await store.lockChanges({ holder: "ann" });
    assert.ok("lost" in lock);
    const held = await store.lockChanges({ holder: "bob" });
    assert.ok("holder" in held && held.holder === "ann");
    const { entries } = (await store.listBuckets()).outcome.page;
    const names = entries.map((entry) => Buffer.from(entry.bucket).toString());
    assert.deepEqual(names, ["%change"]);
    assert.equal(await store.countBuckets?.(), 1);
    await lock[Symbol.asyncDispose]();
    assert.equal(await store.countBuckets?.(), 1);
    await store.dropBucket(bucket);
  });

  test("refuse a user with a wrong password, in words that do not show it", async () => {
    await using store = await openRedisClusterStore({
      nodes: servers.addresses,
      username: "kv",
      password: "open sesame",
      deadlineMs: 8000,
    });
    const { unreachable } = await store.clusterStatus();
    assert.match(unreachable ?? "", /does not take the user name and password/u);
    assert.doesNotMatch(JSON.stringify(await store.clusterStatus()), /sesame/u);
  });
  test("with appendonly no are refused when the store opens, unless it is told that this is wanted", async () => {
    const server = servers.server(4);
    await server.ask(["CONFIG", "SET", "appendonly", "no"]);
    const nodes = servers.addresses;
    await assert.rejects(openRedisClusterStore({ nodes }), {
      code: "STORAGE_INACCESSIBLE",
      message: new RegExp(`${server.address} has "appendonly no": it comes back empty`, "u"),
    });
    await using store = await openRedisClusterStore({ nodes, allowAppendOnlyNo: true });
    assert.equal((await store.createBucket(Buffer.from("volatile"))).outcome.type, "created");
    const { warnings } = await store.clusterStatus();
    assert.ok(warnings.some((text) => text.startsWith(`${server.address} has "appendonly no"`)));
    await server.ask(["CONFIG", "SET", "appendonly", "yes"]);
  });
});
