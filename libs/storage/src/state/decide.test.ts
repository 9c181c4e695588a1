import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyIndex } from "../key-index/key-index.ts";
import { applyMutation, type ValuePlaces } from "./apply-mutation.ts";
import { decideCreateBucket } from "./decide-bucket.ts";
import { decideExpire } from "./decide-expire.ts";
import { decidePut } from "./decide-put.ts";
import type { Decision } from "./decision.ts";

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
  carryOut(index, decideExpire(index, { bucket: B, key: undefined, expiresAtMs: 10 }, 0));
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
    const request = { bucket: B, key: K, expiresAtMs };
    assert.throws(() => decideExpire(index, request, 0), RangeError);
  }
});
