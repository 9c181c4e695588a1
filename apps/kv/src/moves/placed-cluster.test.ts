import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { ApplicationError } from "@kv/application";
import { KvError } from "../errors.ts";
import { isClientBucket } from "../placement/system-bucket.ts";
import { bucketNamed } from "../remote/testing/any-part.ts";
import { tableOf } from "./testing/fake-cluster.ts";
import { PlacedCluster } from "./testing/placed-cluster.ts";

const NODES = ["foo@lab", "bar@lab", "baz@lab"];
const BUCKETS = ["apples", "jam", "nuts", "zest"];
const TABLES = [
  "a-z=bar@lab",
  "a-m=baz@lab,n-z=foo@lab",
  "a-i=foo@lab,j-q=bar@lab,r-z=baz@lab",
  "a-z=foo@lab",
];
const watch = { signal: new AbortController().signal, progress: () => undefined };
const runs = 30;

/** Numbers that a seed decides: mulberry32. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** What a client knows of its key. */
interface Known {
  acknowledged: number;
  sent: number;
}

/** Buckets are written to at all nodes, tables are applied, nodes crash and come back; then everything is looked at. */
async function live(seed: number): Promise<void> {
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[random(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const cluster = new PlacedCluster("a-z=foo@lab", async () => {
    if (random(8) === 0) await setImmediate();
  });
  for (const node of NODES) await cluster.start(node);
  for (const name of BUCKETS) await cluster.router("foo@lab").createBucket(bucketNamed(name));
  const over = new AbortController();
  const known = new Map<string, Known>();
  const clients = NODES.flatMap((node) =>
    BUCKETS.map(async (name) => {
      const bucket = bucketNamed(name);
      const key = Buffer.from(node);
      const about: Known = { acknowledged: 0, sent: 0 };
      known.set(`${name} ${node}`, about);
      while (!over.signal.aborted) {
        await setImmediate();
        if (!cluster.isRunning(node)) continue;
        const number = ++about.sent;
        const value = Buffer.from(String(number));
        try {
          const { outcome } = await cluster.router(node).put(bucket, [{ key, value }]);
          assert.equal(outcome.type, "stored", `${name} is hidden from ${node}`);
          about.acknowledged = number;
          const { outcome: read } = await cluster.router(node).get(bucket, key);
          assert.ok(read.type === "found", name);
          assert.equal(Buffer.from(read.value).toString(), String(number));
        } catch (error) {
          // It may have crashed between the two.
          if (!(error instanceof KvError) && cluster.isRunning(node)) throw error;
        }
      }
    }),
  );
  const failed = Promise.all(clients);
  failed.catch(() => undefined);
  for (let change = 0; change < 2; change++) {
    const commander = pick(NODES);
    const applied = cluster
      .moves(commander)
      .coordinator.apply(tableOf(pick(TABLES)), watch)
      .catch(operatingFailure);
    if (random(3) > 0) {
      for (let turns = random(60); turns > 0; turns--) await setImmediate();
      const victim = pick(NODES);
      cluster.crash(victim);
      for (let turns = random(30); turns > 0; turns--) await setImmediate();
      await cluster.start(victim);
    }
    await applied;
    await cluster.moves(pick(NODES)).coordinator.apply(undefined, watch).catch(operatingFailure);
  }
  over.abort();
  await failed;
  for (const [place, { acknowledged, sent }] of known) {
    const [name = "", key = ""] = place.split(" ");
    for (const node of NODES) {
      const { outcome } = await cluster.router(node).get(bucketNamed(name), Buffer.from(key));
      const found = outcome.type === "found" ? Number(Buffer.from(outcome.value).toString()) : 0;
      const what = `${place} at ${node} is ${found}: ${acknowledged} acknowledged, ${sent} sent`;
      assert.ok(found >= acknowledged && found <= sent, what);
    }
  }
  const lying = [...cluster.stores.values()].flatMap((store) =>
    store
      .listBuckets({ limit: 1000 })
      .outcome.page.entries.filter(({ bucket }) => isClientBucket(bucket))
      .map(({ bucket }) => Buffer.from(bucket).toString()),
  );
  assert.deepEqual(lying.toSorted(), BUCKETS);
  for (const node of NODES) cluster.crash(node);
}

/** What an operator is told is no fault of a node. */
function operatingFailure(error: unknown): void {
  if (!(error instanceof ApplicationError)) throw error;
}

test("buckets that move lose, revert, fork and hide nothing, whatever crashes at whatever moment", {
  timeout: 120_000,
}, async (t) => {
  const first = randomInt(2 ** 30);
  t.diagnostic(`seeds ${first} to ${first + runs - 1}`);
  for (let seed = first; seed < first + runs; seed++) {
    try {
      await live(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
