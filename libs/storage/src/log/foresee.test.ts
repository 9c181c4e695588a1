import assert from "node:assert/strict";
import { test } from "node:test";
import { type EntryRef, KeyIndex, NEVER } from "../key-index/key-index.ts";
import type { KeyPlace } from "../plain-operations.ts";
import { ValueCache } from "../value-cache/value-cache.ts";
import { foresee } from "./foresee.ts";

const BUCKET = Buffer.from("bucket");
const FIELDS = { revision: 1, expiresAtMs: NEVER, segment: 1, offset: 0, valueBytes: 4 };

function keyOf(number: number): Uint8Array {
  return Buffer.from(`key ${number}`);
}

/** A key amid other bytes. */
function placeOf(key: Uint8Array, bucket: Uint8Array = BUCKET): KeyPlace {
  return {
    bucket,
    bytes: Buffer.concat([bucket, key, bucket]),
    start: bucket.length,
    end: bucket.length + key.length,
  };
}

test("foresee() touches what is in a large index and changes nothing", () => {
  const index = new KeyIndex({ seed: new Uint8Array(16), entryOverheadBytes: 0 });
  const cache = new ValueCache({ limitBytes: 2 ** 20, places: index.copies });
  const bucket = index.createBucket(1, BUCKET);
  const entries: EntryRef[] = [];
  const put = (number: number): void => {
    const key = keyOf(number);
    entries.push(index.put(bucket, key, 0, key.length, FIELDS));
  };
  const kept = [0, 1, 2, 3, 5, 7, 11, 13, 17, 19];
  // More at once than are fetched together, also such as are not there, and a bucket that is not.
  const numbers = Array.from({ length: 70 }, (_, number) => (number % 10) * 10_000);
  const keys = [...numbers, -1].map((number) => placeOf(keyOf(number)));
  keys.push(placeOf(keyOf(0), Buffer.from("no such bucket")));
  for (let number = 0; number < 1000; number++) put(number);
  for (const number of kept) cache.set(entries[number] ?? 0, Buffer.from([number, 1, 2, 3]));
  foresee({ index, cache }, keys, keys.length);
  assert.equal(index.foresight.read, 0);
  for (let number = 1000; number < 60_000; number++) put(number);
  foresee({ index, cache }, keys, 3);
  assert.equal(index.foresight.read, 0);
  foresee({ index, cache }, keys, keys.length);
  assert.notEqual(index.foresight.read, 0);
  const near = kept.map((number) => placeOf(keyOf(number)));
  foresee({ index, cache }, near, near.length);
  assert.notEqual(cache.touched, 0);
  assert.deepEqual([cache.hits, cache.misses, cache.entryCount], [0, 0, kept.length]);
  for (const number of kept) {
    assert.deepEqual(cache.get(entries[number] ?? 0), Uint8Array.of(number, 1, 2, 3));
  }
});
