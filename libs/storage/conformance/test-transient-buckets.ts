import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answering, Store } from "../src/index.ts";
import { B, K, L, V, W } from "./examples.ts";
import type { OpenStore } from "./open-store.ts";
import { settle } from "./settle.ts";

const NO_BUCKET = { type: "no-bucket" };
const creating = { createsBucket: true };

/** How a key that lives for ever ceases to, so that all of its bucket's keys expire. */
const lastWaysOut: readonly (readonly [string, (store: Store) => Answering<unknown>])[] = [
  ["is deleted", (store) => store.delete(B, [K])],
  ["is put with a time", (store) => store.put(B, [{ key: K, value: V, expiresAtMs: 5 }])],
  ["is given a time", (store) => store.expire(B, K, 5)],
];

/** Buckets that are made by a put and go with their last key, by example. */
export function testTransientBuckets(open: OpenStore): void {
  test("put() makes a bucket that is not there, a transient one, and only when it was asked to", async () => {
    await using store = await open({ clock: () => 0 });
    const fields = [{ key: K, value: V }];
    for (const options of [undefined, {}, { createsBucket: false }]) {
      assert.deepEqual(await settle(store.put(B, fields, options)), NO_BUCKET);
    }
    const stored = await settle(store.put(B, fields, creating));
    assert.ok(stored.type === "stored" && stored.added === 1);
    const { revision } = stored;
    const about = { revision, expiresAtMs: undefined, lifetime: "transient" };
    const described = await settle(store.describeBucket(B));
    assert.deepEqual(described, { type: "found", keys: 1, ...about });
    const [listed] = (await settle(store.listBuckets())).page.entries;
    assert.deepEqual(listed && { ...listed, bucket: Uint8Array.from(listed.bucket) }, {
      bucket: B,
      ...about,
    });
  });

  test("put() leaves a bucket of createBucket() a kept one", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    await settle(store.put(B, [{ key: K, value: V }], creating));
    await settle(store.delete(B, [K]));
    const described = await settle(store.describeBucket(B));
    assert.ok(described.type === "found" && described.lifetime === "kept" && described.keys === 0);
  });

  test("put() judges its conditions against the empty bucket, and makes none when one fails", async () => {
    await using store = await open({ clock: () => 0 });
    const first = await settle(store.put(B, [{ key: K, value: V }], creating));
    assert.ok(first.type === "stored");
    await settle(store.delete(B, [K]));
    const condition = { type: "revision", revision: first.revision } as const;
    const fields = [
      { key: L, value: V },
      { key: K, value: V, condition },
    ];
    const conflict = await settle(store.put(B, fields, creating));
    assert.ok(conflict.type === "conflict" && conflict.revision === undefined);
    assert.deepEqual(Uint8Array.from(conflict.key), K);
    await expectGone(store);
    const absent = [{ key: K, value: V, condition: { type: "absent" } as const }];
    assert.equal((await settle(store.put(B, absent, creating))).type, "stored");
    assert.equal((await settle(store.put(B, absent, creating))).type, "conflict");
  });

  test("put() of nothing, or of what has lapsed already, leaves no bucket behind", async () => {
    await using store = await open({ clock: () => 100 });
    assert.deepEqual(await settle(store.put(B, [], creating)), NO_BUCKET);
    await expectGone(store);
    const lapsed = { key: K, value: V, expiresAtMs: 100 };
    const stored = await settle(store.put(B, [lapsed, { ...lapsed, key: L }, lapsed], creating));
    assert.ok(stored.type === "stored" && stored.added === 2);
    await expectGone(store);
    assert.equal((await settle(store.put(B, [{ key: L, value: V }], creating))).type, "stored");
    assert.equal((await settle(store.put(B, [{ ...lapsed, key: L }]))).type, "stored");
    await expectGone(store);
  });

  test("a transient bucket goes with the delete of its last key, and none of its revisions comes back", async () => {
    await using store = await open({ clock: () => 0 });
    const seen: unknown[] = [];
    for (let round = 0; round < 3; round++) {
      const fields = [K, L].map((key) => ({ key, value: V }));
      const stored = await settle(store.put(B, fields, creating));
      assert.ok(stored.type === "stored" && stored.added === 2);
      const one = await settle(store.delete(B, [K]));
      assert.ok(one.type === "deleted" && one.removed === 1);
      assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
      const last = await settle(store.delete(B, [K, L]));
      assert.ok(last.type === "deleted" && last.removed === 1);
      await expectGone(store);
      seen.push(stored.revision, one.revision, last.revision);
    }
    assert.equal(new Set(seen).size, seen.length);
  });

  test("a transient bucket goes in the millisecond in which its last key expires, for every operation", async () => {
    let nowMs = 0;
    await using store = await open({ clock: () => nowMs });
    const calls: readonly (() => Answering<object>)[] = [
      () => store.get(B, K),
      () => store.describeBucket(B),
      () => store.listKeys(B),
      () => store.delete(B, [K]),
      () => store.expire(B, K, undefined),
      () => store.expire(B, undefined, undefined),
      () => store.dropBucket(B),
      () => store.put(B, [{ key: K, value: W }]),
      () => store.put(B, [], creating),
    ];
    for (const call of calls) {
      const fields = [K, L].map((key, at) => ({ key, value: V, expiresAtMs: nowMs + 10 + at }));
      await settle(store.put(B, fields, creating));
      nowMs += 10;
      assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
      assert.equal((await settle(store.get(B, L))).type, "found");
      nowMs += 1;
      assert.deepEqual(await settle(call()), NO_BUCKET, String(call));
      await expectGone(store);
    }
  });

  test("expire() takes the bucket along with its last key, at once or when its time comes", async () => {
    let nowMs = 0;
    await using store = await open({ clock: () => nowMs });
    const fields = [{ key: K, value: V }];
    await settle(store.put(B, fields, creating));
    assert.equal((await settle(store.expire(B, K, 0))).type, "updated");
    await expectGone(store);
    await settle(store.put(B, fields, creating));
    await settle(store.expire(B, K, 5));
    nowMs = 5;
    await expectGone(store);
    const again = await settle(store.put(B, [{ key: L, value: V }], creating));
    assert.ok(again.type === "stored" && again.added === 1);
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    await settle(store.expire(B, undefined, 7));
    nowMs = 7;
    await expectGone(store);
  });

  test("createBucket() makes a transient bucket a kept one, which is a mutation, once", async () => {
    await using store = await open({ clock: () => 0 });
    const stored = await settle(store.put(B, [{ key: K, value: V }], creating));
    assert.ok(stored.type === "stored");
    await settle(store.expire(B, undefined, 1_000));
    const kept = await settle(store.createBucket(B));
    assert.ok(kept.type === "exists" && kept.revision !== stored.revision);
    assert.deepEqual(await settle(store.createBucket(B)), kept);
    await settle(store.delete(B, [K]));
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    const described = await settle(store.describeBucket(B));
    assert.ok(described.type === "found" && described.lifetime === "kept");
    assert.equal(described.expiresAtMs, 1_000);
  });

  test("createBucket() over a transient bucket whose keys have lapsed makes a new one", async () => {
    let nowMs = 0;
    await using store = await open({ clock: () => nowMs });
    await settle(store.put(B, [{ key: K, value: V, expiresAtMs: 1 }], creating));
    nowMs = 1;
    assert.equal((await settle(store.createBucket(B))).type, "created");
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
  });

  for (const [how, leave] of lastWaysOut) {
    test(`a transient bucket goes with its last key when one that was to live longer lives for ever, and then ${how}`, async () => {
      let nowMs = 0;
      await using store = await open({ clock: () => nowMs });
      await settle(store.put(B, [{ key: K, value: V, expiresAtMs: 1000 }], creating));
      await settle(store.put(B, [{ key: L, value: V, expiresAtMs: 10 }]));
      await settle(store.put(B, [{ key: K, value: V }]));
      await settle(leave(store));
      nowMs = 9;
      assert.equal((await settle(store.describeBucket(B))).type, "found");
      nowMs = 10;
      assert.deepEqual((await settle(store.listBuckets())).page.entries, []);
      assert.deepEqual(await settle(store.describeBucket(B)), NO_BUCKET);
    });
  }

  test("of many keys the last one that lives holds a transient bucket, whatever has lapsed around it", async () => {
    let nowMs = 0;
    await using store = await open({ clock: () => nowMs });
    const keys = Array.from({ length: 500 }, (_, number) =>
      Uint8Array.of(number >> 8, number & 255),
    );
    const fields = keys.map((key, at) => ({ key, value: V, expiresAtMs: 1 + at }));
    await settle(store.put(B, fields, creating));
    nowMs = 499;
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    assert.equal((await settle(store.createBucket(L))).type, "created");
    nowMs = 500;
    assert.deepEqual(await settle(store.get(B, K)), NO_BUCKET);
    if (!store.traits.countsAtOnce) return;
    assert.deepEqual(store.statistics().buckets, 1);
    assert.deepEqual(store.statistics().keys, 0);
  });
}

/** Nobody can tell that there ever was a bucket. */
async function expectGone(store: Store): Promise<void> {
  assert.deepEqual(await settle(store.get(B, K)), NO_BUCKET);
  assert.deepEqual(await settle(store.describeBucket(B)), NO_BUCKET);
  assert.deepEqual(await settle(store.listKeys(B)), NO_BUCKET);
  assert.deepEqual((await settle(store.listBuckets())).page, { entries: [], next: undefined });
  if (!store.traits.countsAtOnce) return;
  const { buckets, keys } = store.statistics();
  assert.deepEqual({ buckets, keys }, { buckets: 0, keys: 0 });
}
