import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MemoryStore } from "@kv/storage";
import { bucketNamed } from "../remote/testing/any-part.ts";
import { Departure } from "./departure.ts";
import { departingBuckets } from "./departing-buckets.ts";

const nuts = bucketNamed("nuts");
const [k, v] = [Buffer.from("k"), Buffer.from("v")];
const shown = (keys: readonly Uint8Array[]) => keys.map((key) => Buffer.from(key).toString());

function departing() {
  const store = new MemoryStore({ clock: () => 0 });
  store.createBucket(nuts);
  store.put(nuts, [{ key: k, value: v }]);
  const departure = new Departure({ giveAway: async () => {}, end: () => {} });
  const other = new MemoryStore({ clock: () => 0 });
  other.createBucket(nuts);
  const buckets = departingBuckets(store, departure, () => other);
  return { store, departure, other, buckets };
}

suite("departingBuckets()", () => {
  test("notes each key that is written to, once a round", () => {
    const { departure, buckets } = departing();
    void buckets.put(nuts, [
      { key: k, value: v },
      { key: v, value: v },
    ]);
    void buckets.put(nuts, [{ key: k, value: k }]);
    void buckets.delete(nuts, [v]);
    void buckets.expire(nuts, k, 7);
    const { keys, isDropped, isBucketChanged } = departure.takeChanges();
    assert.deepEqual([shown(keys), isDropped, isBucketChanged], [["k", "v"], false, false]);
    assert.deepEqual(departure.takeChanges().keys, []);
  });

  test("notes a drop, also by the last key of a transient bucket, and one that is made anew", () => {
    for (const way of ["drop", "last key", "anew"]) {
      const { store, departure, buckets } = departing();
      if (way === "last key") {
        store.dropBucket(nuts);
        store.put(nuts, [{ key: k, value: v }], { createsBucket: true });
        void buckets.delete(nuts, [k]);
      } else if (way === "anew") {
        store.dropBucket(nuts);
        void buckets.createBucket(nuts);
      } else void buckets.dropBucket(nuts);
      assert.equal(departure.takeChanges().isDropped, true, way);
    }
  });

  test("notes another time and another lifetime of the bucket", () => {
    const { departure, buckets } = departing();
    void buckets.createBucket(nuts);
    assert.equal(departure.takeChanges().isBucketChanged, false);
    void buckets.expire(nuts, undefined, 9);
    assert.equal(departure.takeChanges().isBucketChanged, true);
  });

  test("has requests wait that come while it is held, then does them elsewhere, in order, with what they were given", async () => {
    const { store, departure, other, buckets } = departing();
    departure.hold();
    const value = Buffer.from("first");
    const put = buckets.put(nuts, [{ key: k, value }]);
    const got = buckets.get(nuts, k);
    const counted = buckets.describeBucket(nuts);
    value.fill(0);
    const { outcome: before } = store.get(nuts, k);
    assert.ok(before.type === "found" && Buffer.from(before.value).equals(v));
    departure.release();
    const { outcome } = await got;
    assert.ok(outcome.type === "found");
    assert.equal(Buffer.from(outcome.value).toString(), "first");
    assert.equal((await put).outcome.type, "stored");
    const described = (await counted).outcome;
    assert.ok(described.type === "found" && described.keys === 1);
    assert.equal(other.get(nuts, k).outcome.type, "found");
  });
});
