import assert from "node:assert/strict";
import { test } from "node:test";
import type { Revision } from "../src/index.ts";
import { B, K, V, W } from "./examples.ts";
import { hex } from "./model.ts";
import type { OpenStore } from "./open-store.ts";
import { settle } from "./settle.ts";

/** What an operation of this suite comes to. */
interface Outcome {
  readonly type: string;
  readonly value?: Uint8Array;
}

/** Buckets come and go with their keys, by example. */
export function testBuckets(open: OpenStore): void {
  test("createBucket() keeps the keys of a bucket that exists", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    const stored = await settle(store.put(B, [{ key: K, value: V }]));
    assert.equal(stored.type, "stored");
    assert.deepEqual(await settle(store.createBucket(B)), {
      type: "exists",
      revision: stored.revision,
    });
    assert.equal((await settle(store.get(B, K))).type, "found");
  });

  test("dropBucket() takes the keys along, and no revision comes back with the name", async () => {
    await using store = await open({ clock: () => 0 });
    const seen: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      const created = await settle(store.createBucket(B));
      assert.equal(created.type, "created");
      assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
      const stored = await settle(store.put(B, [{ key: K, value: V }]));
      const dropped = await settle(store.dropBucket(B));
      assert.ok(stored.type === "stored" && dropped.type === "dropped");
      seen.push(created.revision, stored.revision, dropped.revision);
    }
    assert.equal(new Set(seen).size, seen.length);
  });

  test("every operation on a missing bucket answers no-bucket and makes none", async () => {
    await using store = await open({ clock: () => 0 });
    const absent = { type: "no-bucket" };
    assert.deepEqual(await settle(store.get(B, K)), absent);
    assert.deepEqual(await settle(store.put(B, [{ key: K, value: V }])), absent);
    assert.deepEqual(await settle(store.delete(B, [K])), absent);
    assert.deepEqual(await settle(store.expire(B, K, 1)), absent);
    assert.deepEqual(await settle(store.expire(B, undefined, 1)), absent);
    assert.deepEqual(await settle(store.listKeys(B)), absent);
    assert.deepEqual(await settle(store.dropBucket(B)), absent);
    assert.deepEqual((await settle(store.listBuckets())).page.entries, []);
  });

  test("operations on a bucket take effect in the order of the calls, whenever they answer", async () => {
    await using store = await open({ clock: () => 0 });
    const begun = [
      store.put(B, [{ key: K, value: V }]),
      store.createBucket(B),
      store.put(B, [{ key: K, value: V }]),
      store.get(B, K),
      store.put(B, [{ key: K, value: W }]),
      store.get(B, K),
      store.delete(B, [K]),
      store.get(B, K),
      store.dropBucket(B),
      store.describeBucket(B),
    ];
    assert.equal(
      begun.every((answering) => "outcome" in answering),
      store.traits.answersAtOnce,
    );
    const outcomes = await Promise.all(begun.map(async (each) => await settle<Outcome>(each)));
    const types = "no-bucket created stored found stored found deleted missing dropped no-bucket";
    assert.equal(outcomes.map(({ type }) => type).join(" "), types);
    const values = outcomes.flatMap((each) => ("value" in each ? [hex(each.value)] : []));
    assert.deepEqual(values, [hex(V), hex(W)]);
  });

  test("put() takes the later value of a key named twice and counts it once", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    const fields = [V, W].map((value) => ({ key: K, value }));
    const stored = await settle(store.put(B, fields));
    assert.ok(stored.type === "stored" && stored.added === 1);
    const found = await settle(store.get(B, K));
    assert.ok(found.type === "found");
    assert.equal(hex(found.value), hex(W));
  });

  test("raiseRevision() has later mutations go on above a revision, and lowers nothing", async () => {
    await using store = await open({ clock: () => 0 });
    const first = await settle(store.createBucket(B));
    // Revisions that are texts are not above each other.
    if (typeof first.revision !== "number") return;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it stands for one of another store
    const foreign = (first.revision + 1_000_000) as Revision;
    store.raiseRevision(foreign);
    store.raiseRevision(first.revision);
    const stored = await settle(store.put(B, [{ key: K, value: V }]));
    assert.ok(stored.type === "stored" && stored.revision > foreign);
  });
}
