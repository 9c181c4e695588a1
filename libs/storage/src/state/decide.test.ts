import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyIndex } from "../key-index/key-index.ts";
import { applyMutation, type ValuePlaces } from "./apply-mutation.ts";
import { decideCreateBucket } from "./decide-bucket.ts";
import { decideDelete } from "./decide-delete.ts";
import { decideExpire } from "./decide-expire.ts";
import { decidePut } from "./decide-put.ts";
import type { Decision } from "./decision.ts";
import { findKey } from "./find-key.ts";

const B = Uint8Array.of(0x62);
const K = Uint8Array.of(0x6b);
const V = Uint8Array.of(1);

const places: ValuePlaces = { next: () => ({ segment: 0, offset: 0 }), keep: () => {} };

function emptyIndex(): KeyIndex {
  return new KeyIndex({ seed: new Uint8Array(16), entryOverheadBytes: 0 });
}

function carryOut(index: KeyIndex, { mutations }: Decision<unknown>): void {
  for (const mutation of mutations) applyMutation(index, mutation, places);
}

test("decideCreateBucket() drops a lapsed bucket and makes the new one in one decision", () => {
  const index = emptyIndex();
  carryOut(index, decideCreateBucket(index, B, 0));
  carryOut(index, decideExpire(index, { bucket: B, key: undefined, expiry: 10 }, 0));
  const { outcome, mutations, restsOn } = decideCreateBucket(index, B, 10);
  assert.deepEqual(
    mutations.map(({ type, bucketId, revision }) => [type, bucketId, revision]),
    [
      ["drop", 1, 3],
      ["create", 4, 4],
    ],
  );
  assert.deepEqual([outcome, restsOn], [{ type: "created", revision: 4 }, 4]);
});

const options = { createsBucket: true };

function told({ mutations }: Decision<unknown>): readonly unknown[] {
  return mutations.map(({ type, bucketId, revision }) => [type, bucketId, revision]);
}

test("decidePut() makes a bucket and puts in one decision, and one that lapses at once goes in it too", () => {
  const index = emptyIndex();
  const put = decidePut(index, { bucket: B, fields: [{ key: K, value: V }], options }, 0);
  assert.deepEqual(told(put), [
    ["create", 1, 1],
    ["put", 1, 2],
  ]);
  assert.deepEqual(put.outcome, { type: "stored", revision: 2, added: 1 });
  const over = [{ key: K, value: V, expiresAtMs: 0 }];
  assert.deepEqual(told(decidePut(index, { bucket: B, fields: over, options }, 0)), [
    ["create", 1, 1],
    ["drop", 1, 2],
  ]);
});

test("decidePut() drops what is left of a transient bucket before it makes a new one", () => {
  const index = emptyIndex();
  const fields = [{ key: K, value: V, expiresAtMs: 10 }];
  carryOut(index, decidePut(index, { bucket: B, fields, options }, 0));
  const again = decidePut(index, { bucket: B, fields: [{ key: B, value: V }], options }, 10);
  assert.deepEqual(told(again), [
    ["drop", 1, 3],
    ["create", 4, 4],
    ["put", 4, 5],
  ]);
});

test("decideDelete() drops a transient bucket with its last living key, whatever has lapsed beside it", () => {
  const index = emptyIndex();
  const fields = [
    { key: K, value: V },
    { key: B, value: V, expiresAtMs: 10 },
  ];
  carryOut(index, decidePut(index, { bucket: B, fields, options }, 0));
  const request = { bucket: B, keys: [K], condition: undefined };
  assert.deepEqual(told(decideDelete(index, request, 9)), [["delete", 1, 3]]);
  assert.deepEqual(told(decideDelete(index, request, 10)), [["drop", 1, 3]]);
});

test("findKey() rests on all of a transient bucket when the key is missing, and on the key's own when it is there", () => {
  const index = emptyIndex();
  carryOut(index, decidePut(index, { bucket: B, fields: [{ key: K, value: V }], options }, 0));
  carryOut(index, decidePut(index, { bucket: B, fields: [{ key: B, value: V }] }, 0));
  assert.deepEqual(
    [K, V].map((key) => findKey(index, { bucket: B, key }, 0)).map(({ restsOn }) => restsOn),
    [2, 3],
  );
});

test("decidePut() makes one mutation of all fields, however many, and none of a conflict", () => {
  const index = emptyIndex();
  carryOut(index, decideCreateBucket(index, B, 0));
  const fields = [K, B].map((key) => ({ key, value: V }));
  const put = decidePut(index, { bucket: B, fields }, 0);
  assert.equal(put.mutations.length, 1);
  carryOut(index, put);
  const condition = { type: "absent" } as const;
  const conflict = decidePut(index, { bucket: B, fields: [{ key: K, value: V, condition }] }, 0);
  assert.deepEqual(conflict.mutations, []);
});

test("decidePut() and decideExpire() refuse a time that is not whole milliseconds", () => {
  const index = emptyIndex();
  carryOut(index, decideCreateBucket(index, B, 0));
  for (const expiresAtMs of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    const fields = [{ key: K, value: V, expiresAtMs }];
    assert.throws(() => decidePut(index, { bucket: B, fields }, 0), RangeError);
    const request = { bucket: B, key: K, expiry: expiresAtMs };
    assert.throws(() => decideExpire(index, request, 0), RangeError);
    const conditional = { bucket: B, key: K, expiry: { expiresAtMs, conditions: [] } };
    assert.throws(() => decideExpire(index, conditional, 0), RangeError);
  }
});
