import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExpiryCondition } from "../src/index.ts";
import { B, K, V, W } from "./examples.ts";
import type { OpenStore } from "./open-store.ts";
import { settle } from "./settle.ts";

/** What must hold, the time before, the one that is asked for, and what comes of it. */
const CONDITIONAL: readonly (readonly [
  readonly ExpiryCondition[],
  number | undefined,
  number | undefined,
  "updated" | "unchanged",
])[] = [
  [["if-none"], undefined, 5, "updated"],
  [["if-none"], 7, 5, "unchanged"],
  [["if-some"], 7, 9, "updated"],
  [["if-some"], undefined, 9, "unchanged"],
  [["if-some"], 7, undefined, "updated"],
  [["if-some"], undefined, undefined, "unchanged"],
  [["if-later"], 7, 8, "updated"],
  [["if-later"], 7, 7, "unchanged"],
  [["if-later"], 7, undefined, "updated"],
  [["if-later"], undefined, 8, "unchanged"],
  [["if-sooner"], 7, 6, "updated"],
  [["if-sooner"], 7, 7, "unchanged"],
  [["if-sooner"], undefined, 6, "updated"],
  [["if-sooner"], 7, undefined, "unchanged"],
  [["if-sooner"], 7, 0, "updated"],
  [["if-later"], 7, 0, "unchanged"],
  [["if-some", "if-sooner"], undefined, 6, "unchanged"],
  [["if-some", "if-later"], 7, 8, "updated"],
];

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

  for (const [conditions, beforeMs, afterMs, type] of CONDITIONAL) {
    const what = `from ${beforeMs} to ${afterMs}, ${conditions.join(" and ")}`;
    test(`the time of a key and of a bucket goes ${what}: ${type}`, async () => {
      await using store = await open({ clock: () => 0 });
      await settle(store.createBucket(B));
      await settle(store.put(B, [{ key: K, value: V, expiresAtMs: beforeMs }]));
      await settle(store.expire(B, undefined, beforeMs));
      const expiry = { expiresAtMs: afterMs, conditions };
      for (const key of [K, undefined]) {
        assert.equal((await settle(store.expire(B, key, expiry))).type, type);
        const found = key
          ? await settle(store.describeKey(B, key))
          : await settle(store.describeBucket(B));
        if (afterMs === 0 && type === "updated") assert.notEqual(found.type, "found");
        else if (found.type !== "found") assert.fail();
        else assert.equal(found.expiresAtMs, type === "updated" ? afterMs : beforeMs);
      }
    });
  }

  test("conditions bring nothing into being", async () => {
    await using store = await open({ clock: () => 0 });
    const expiry = { expiresAtMs: 9, conditions: ["if-none"] } as const;
    assert.deepEqual(await settle(store.expire(B, undefined, expiry)), { type: "no-bucket" });
    await settle(store.createBucket(B));
    assert.deepEqual(await settle(store.expire(B, K, expiry)), { type: "missing" });
  });

  test("what is left unchanged has the revision it had", async () => {
    await using store = await open({ clock: () => 0 });
    await settle(store.createBucket(B));
    await settle(store.put(B, [{ key: K, value: V }]));
    const before = [await settle(store.describeKey(B, K)), await settle(store.describeBucket(B))];
    const expiry = { expiresAtMs: 9, conditions: ["if-some"] } as const;
    for (const key of [K, undefined]) {
      assert.deepEqual(await settle(store.expire(B, key, expiry)), { type: "unchanged" });
    }
    const after = [await settle(store.describeKey(B, K)), await settle(store.describeBucket(B))];
    assert.deepEqual(after, before);
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
