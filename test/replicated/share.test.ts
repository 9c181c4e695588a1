import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { openRedisClusterStore } from "@kv/storage/redis-cluster";
import { openCluster } from "../../libs/storage/src/redis-cluster/cluster/open-cluster.ts";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { startCluster } from "../../tools/replicated/start-cluster.ts";
import { rebalance } from "./rebalance.ts";

const BUCKETS = 10_000;
const AT_ONCE = 500;
const SLOTS = 16_384;
const SHARE = 1 / 4;

/** Of how many of so many buckets are in a quarter of the slots. */
const DEVIATION = Math.sqrt(BUCKETS * SHARE * (1 - SHARE));

suite("a fourth primary beside three", { skip: withoutServer }, () => {
  test("takes a quarter of the slots and of the buckets, and nothing else moves", async (t) => {
    await using servers = await startCluster({ primaries: 3, replicas: 0 });
    // Where slots go is the servers' business: without copies it is the same, and sooner done.
    const options = { nodes: servers.addresses, durability: "primary" } as const;
    await using store = await openRedisClusterStore(options);
    await using cluster = await openCluster(options);
    const [key, value] = [Buffer.from("key"), Buffer.from("value")];
    for (let done = 0; done < BUCKETS; done += AT_ONCE) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, index) => {
          const bucket = Buffer.from(`bucket-${done + index}`);
          await store.put(bucket, [{ key, value }], { createsBucket: true });
        }),
      );
    }
    const before = (await cluster.slots()).owners;
    const added = await servers.add();
    await rebalance(added.address);
    await servers.untilHealthy();
    const { owners: now } = await cluster.slots();
    const id = await added.id();

    const moved = now.filter((owner, slot) => owner !== before[slot]);
    const buckets = Number(await added.ask(["DBSIZE"]));
    const off = (buckets - BUCKETS * SHARE) / DEVIATION;
    t.diagnostic(
      `${moved.length} of ${SLOTS} slots (${((100 * moved.length) / SLOTS).toFixed(2)} %) and ${buckets} of ${BUCKETS} buckets moved: ${off.toFixed(1)} standard deviations off a quarter`,
    );
    assert.equal(moved.length, SLOTS * SHARE);
    assert.ok(
      moved.every((owner) => owner === id),
      "no slot moved but to the new one",
    );
    assert.ok(Math.abs(off) <= 4, `${buckets} buckets`);
    let all = 0;
    for (const server of servers.servers) all += Number(await server.ask(["DBSIZE"]));
    assert.equal(all, BUCKETS);
  });
});
