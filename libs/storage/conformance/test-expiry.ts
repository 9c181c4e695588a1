import assert from "node:assert/strict";
import { test } from "node:test";
import { B, K, V, W } from "./examples.ts";
import type { OpenStore } from "./open-store.ts";
import { settle } from "./settle.ts";

/** Keys and buckets whose time is over, by example. */
export function testExpiry(open: OpenStore): void {
  test("a key is served in the millisecond before it expires and not in the one it does", async () => {
    let nowMs = 99;
    await using store = await open({ clock: () => nowMs });
    await settle(store.createBucket(B));
    await settle(store.put(B, [{ key: K, value: V, expiresAtMs: 100 }]));
    assert.equal((await settle(store.get(B, K))).type, "found");
    nowMs = 100;
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    assert.deepEqual(await settle(store.describeKey(B, K)), { type: "missing" });
    assert.deepEqual(await settle(store.delete(B, [K])), { type: "missing" });
    const stored = await settle(store.put(B, [{ key: K, value: W }]));
    assert.ok(stored.type === "stored" && stored.added === 1);
  });

  test("a bucket that lapsed is gone, and its keys do not come back with a new one", async () => {
    let nowMs = 0;
    await using store = await open({ clock: () => nowMs });
    await settle(store.createBucket(B));
    await settle(store.put(B, [{ key: K, value: V }]));
    await settle(store.expire(B, undefined, 100));
    nowMs = 100;
    assert.deepEqual(await settle(store.get(B, K)), { type: "no-bucket" });
    assert.deepEqual(await settle(store.describeKey(B, K)), { type: "no-bucket" });
    assert.deepEqual(await settle(store.expire(B, undefined, undefined)), { type: "no-bucket" });
    assert.deepEqual((await settle(store.listBuckets())).page.entries, []);
    assert.equal((await settle(store.createBucket(B))).type, "created");
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    nowMs = 0;
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
  });

  test("what was said to have lapsed does not come back when the clock is set back", async () => {
    let nowMs = 0;
    await using store = await open({ clock: () => nowMs });
    await settle(store.createBucket(B));
    await settle(store.put(B, [{ key: K, value: V, expiresAtMs: 100 }]));
    nowMs = 100;
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    nowMs = 99;
    assert.deepEqual(await settle(store.get(B, K)), { type: "missing" });
    assert.deepEqual(await settle(store.expire(B, K, undefined)), { type: "missing" });
    assert.deepEqual((await settle(store.listKeys(B))).type, "listed");
  });
}
