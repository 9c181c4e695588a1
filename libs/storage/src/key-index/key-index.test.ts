import assert from "node:assert/strict";
import { test } from "node:test";
import { type BucketRef, type EntryRef, NEVER } from "./entry.ts";
import { KeyIndex } from "./key-index.ts";

const seed = new Uint8Array(16).fill(3);
const FIELDS = { revision: 1, expiresAtMs: NEVER, segment: 1, offset: 64, valueBytes: 100 };
const KEY_BYTES = 16;

function openIndex(onRemove: (entry: EntryRef) => void = () => {}): KeyIndex {
  return new KeyIndex({ seed, entryOverheadBytes: 42, onRemove });
}

function keyOf(number: number): Uint8Array {
  const key = new Uint8Array(KEY_BYTES);
  new DataView(key.buffer).setUint32(5, number);
  return key;
}

function fill(index: KeyIndex, bucket: BucketRef, count: number, expiresAtMs = NEVER): void {
  const fields = { ...FIELDS, expiresAtMs };
  for (let number = 0; number < count; number++) {
    index.put(bucket, keyOf(number), 0, KEY_BYTES, fields);
  }
}

function listAll(index: KeyIndex, bucket: BucketRef): number {
  let count = 0;
  let position: number | undefined = 0;
  while (position !== undefined) {
    position = index.listKeys(bucket, position, 1000, () => {
      count++;
      return true;
    });
  }
  return count;
}

test("KeyIndex refuses a seed that is not 16 bytes, and keys and names of more than 1 MiB", () => {
  const long = new Uint8Array(2 ** 20 + 1);
  assert.throws(() => new KeyIndex({ seed: long, entryOverheadBytes: 0 }), RangeError);
  const index = openIndex();
  const bucket = index.createBucket(1, long.subarray(1));
  assert.throws(() => index.put(bucket, long, 0, long.length, FIELDS), RangeError);
  assert.throws(() => index.createBucket(2, long), RangeError);
  assert.equal(index.find(bucket, long, 0, long.length), 0);
  assert.deepEqual([index.bucketCount, index.keyCount], [1, 0]);
});

test("put() takes less than 60 bytes for a key of 16 and moves a few slots at a time", () => {
  const index = openIndex();
  const bucket = index.createBucket(1, keyOf(1));
  fill(index, bucket, 300_000);
  assert.equal(index.keyCount, 300_000);
  assert.ok(index.memoryBytes / 300_000 < 60, String(index.memoryBytes / 300_000));
  assert.ok(index.longestStepSlots <= 160, String(index.longestStepSlots));
  assert.equal(listAll(index, bucket), 300_000);
});

test("createBucket() takes less than 256 bytes for a bucket with a key, all off the heap", () => {
  const index = openIndex();
  for (let id = 1; id <= 50_000; id++) {
    const bucket = index.createBucket(id, keyOf(id));
    index.put(bucket, keyOf(0), 0, KEY_BYTES, FIELDS);
  }
  assert.deepEqual([index.bucketCount, index.keyCount], [50_000, 50_000]);
  assert.ok(index.memoryBytes / 50_000 < 256, String(index.memoryBytes / 50_000));
});

test("dropBucket() lets everything count as gone at once, and reclaim() frees it in slices", () => {
  let removed = 0;
  const index = openIndex(() => removed++);
  const other = index.createBucket(1, keyOf(1));
  fill(index, other, 10);
  const { liveBytes } = index;
  const bucket = index.createBucket(2, keyOf(2));
  fill(index, bucket, 5000);
  index.dropBucket(bucket);
  assert.deepEqual([index.bucketCount, index.keyCount, index.liveBytes], [1, 10, liveBytes]);
  assert.deepEqual([index.bucketNamed(keyOf(2)), index.bucketWithId(2)], [0, 0]);
  const next = index.createBucket(3, keyOf(2));
  assert.equal(index.find(next, keyOf(0), 0, KEY_BYTES), 0);
  let slices = 0;
  while (index.reclaim(100)) {
    slices++;
    assert.ok(removed <= slices * 100);
  }
  assert.equal(removed, 5000);
  assert.equal(listAll(index, other), 10);
});

test("reclaim() makes room for as many buckets and keys again", () => {
  const index = openIndex();
  let memoryBytes = 0;
  for (let round = 0; round < 60; round++) {
    for (const [id, count] of [1, 8, 9, 20, 130, 1000].entries()) {
      fill(index, index.createBucket(id + 1, keyOf(id)), count, count === 20 ? 7 : NEVER);
    }
    for (let id = 1; id <= 6; id++) index.dropBucket(index.bucketWithId(id));
    while (index.reclaim(1000));
    if (round === 0) ({ memoryBytes } = index);
  }
  assert.deepEqual([index.keyCount, index.liveBytes], [0, 0]);
  assert.equal(index.memoryBytes, memoryBytes);
});

test("sweep() takes keys of dropped buckets too, and disturbs neither totals nor reclaim()", () => {
  const gone: EntryRef[] = [];
  const index = openIndex((entry) => gone.push(entry));
  const dropped = index.createBucket(1, keyOf(1));
  fill(index, dropped, 3000, 10);
  fill(index, dropped, 1500, 20);
  const living = index.createBucket(2, keyOf(2));
  fill(index, living, 100, 10);
  index.dropBucket(dropped);
  assert.equal(index.nextExpiryMs, 10);
  index.reclaim(500);
  while (index.sweep(10, 64) === 64) index.reclaim(10);
  assert.deepEqual([index.keyCount, index.bucketKeyCount(living)], [0, 0]);
  while (index.reclaim(100));
  assert.equal(gone.length, 3100);
  assert.equal(index.nextExpiryMs, Number.POSITIVE_INFINITY);
});

test("onRemove() can still read the entry that goes", () => {
  const keys: Uint8Array[] = [];
  const index = openIndex((entry) => {
    keys.push(index.key(entry));
    assert.equal(index.valueBytes(entry), 100);
  });
  const bucket = index.createBucket(1, keyOf(1));
  fill(index, bucket, 1);
  index.remove(bucket, index.find(bucket, keyOf(0), 0, KEY_BYTES));
  fill(index, bucket, 1);
  index.dropBucket(bucket);
  index.reclaim(10);
  assert.deepEqual(keys, [keyOf(0), keyOf(0)]);
});

test("listKeys() goes over few keys as fast after many were removed", () => {
  const index = openIndex();
  const bucket = index.createBucket(1, keyOf(1));
  fill(index, bucket, 20_000);
  for (let number = 10; number < 20_000; number++) {
    index.remove(bucket, index.find(bucket, keyOf(number), 0, KEY_BYTES));
  }
  const pages: number[] = [];
  let position: number | undefined = 0;
  while (position !== undefined) {
    pages.push(position);
    position = index.listKeys(bucket, position, 1, () => true);
  }
  assert.equal(pages.length, 10);
  assert.equal(
    index.listKeys(bucket, 2 ** 32, 1, () => assert.fail()),
    undefined,
  );
});

test("the order of a listing depends on the seed and nothing else", () => {
  const orders = [seed, seed, new Uint8Array(16).fill(4)].map((each, round) => {
    const index = new KeyIndex({ seed: each, entryOverheadBytes: 42 });
    const bucket = index.createBucket(1, keyOf(1));
    fill(index, bucket, round === 0 ? 500 : 50);
    for (let number = 50; number < 500; number++) {
      const entry = index.find(bucket, keyOf(number), 0, KEY_BYTES);
      if (entry !== 0) index.remove(bucket, entry);
    }
    const order: Uint8Array[] = [];
    index.listKeys(bucket, 0, 100, (entry) => order.push(index.key(entry)) > 0);
    return order;
  });
  assert.deepEqual(orders[0], orders[1]);
  assert.notDeepEqual(orders[0], orders[2]);
});

function listInOrder(index: KeyIndex, bucket: BucketRef): readonly Uint8Array[] {
  const order: Uint8Array[] = [];
  index.listKeys(bucket, 0, Number.POSITIVE_INFINITY, (entry) => order.push(index.key(entry)) > 0);
  return order;
}

test("expectKeys() lets keys be added in the order of their listing and moves none", () => {
  const full = openIndex();
  const source = full.createBucket(1, keyOf(1));
  fill(full, source, 100_000);
  const order = listInOrder(full, source);
  const index = openIndex();
  const target = index.createBucket(1, keyOf(1));
  index.expectKeys(target, order.length);
  for (const key of order) index.append(target, key, 0, KEY_BYTES, FIELDS);
  assert.equal(index.longestStepSlots, 0);
  assert.deepEqual(listInOrder(index, target), order);
  assert.ok(index.memoryBytes <= full.memoryBytes);
});

test("keys of one bucket can be put into another one in the order of their listing", () => {
  const index = openIndex();
  const source = index.createBucket(1, keyOf(1));
  fill(index, source, 100_000);
  const target = index.createBucket(2, keyOf(2));
  for (const key of listInOrder(index, source)) index.put(target, key, 0, KEY_BYTES, FIELDS);
  assert.ok(index.longestStepSlots <= 160, String(index.longestStepSlots));
});

/** Of keys whose value lies in segment number % 7 and which expire unless 3 divides the number. */
function isLost(number: number): boolean {
  return number % 7 < 4 && number % 3 !== 0;
}

test("removeExpiringBefore() takes keys with a time whose value lies in an earlier segment, no others", () => {
  const index = openIndex();
  const bucket = index.createBucket(1, keyOf(1));
  const putAt = (number: number, segment: number, expiresAtMs: number): void => {
    const fields = { ...FIELDS, revision: number, segment, expiresAtMs };
    index.put(bucket, keyOf(number), 0, KEY_BYTES, fields);
  };
  for (let number = 1; number <= 300; number++) {
    putAt(number, number % 7, number % 3 === 0 ? NEVER : 1000 - number);
  }
  const lost = Array.from({ length: 300 }, (_, before) => before + 1).filter(isLost);
  assert.equal(index.removeExpiringBefore(4), lost.length);
  for (let number = 1; number <= 300; number++) {
    assert.equal(index.find(bucket, keyOf(number), 0, KEY_BYTES) === 0, isLost(number));
  }
  assert.equal(index.bucketRemovalRevision(bucket), lost.at(-1));
  assert.equal(index.removeExpiringBefore(4), 0);
});

test("bucketNamedBy() finds what bucketNamed() finds, by the same array too, whatever was made and dropped between", () => {
  const index = new KeyIndex({ seed, entryOverheadBytes: 0 });
  const [one, same, other] = ["one", "one", "other"].map((name) => Buffer.from(name));
  assert.ok(one !== undefined && same !== undefined && other !== undefined);
  let id = 1;
  const assertAlike = (): void => {
    for (const name of [one, one, other, other, same, one]) {
      assert.equal(index.bucketNamedBy(name), index.bucketNamed(name));
    }
  };
  assertAlike();
  for (const name of [one, other, same, other, one]) {
    const known = index.bucketNamedBy(name);
    if (known === 0) index.createBucket(id++, name);
    else index.dropBucket(known);
    assert.equal(index.bucketNamedBy(name) === 0, known !== 0);
    assertAlike();
  }
});
