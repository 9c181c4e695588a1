import assert from "node:assert/strict";
import { test } from "node:test";
import { type EntryRef, type KeyIndex, NEVER } from "../key-index/key-index.ts";
import { DeadPlaces } from "./compaction/dead-places.ts";
import { type IndexListeners, makeLogIndex } from "./make-log-index.ts";

const KEY = new TextEncoder().encode("key");

function put(index: KeyIndex, offset: number, valueBytes = 10): EntryRef {
  const fields = { revision: 1, expiresAtMs: NEVER, segment: 3, offset, valueBytes };
  return index.put(index.bucketWithId(1), KEY, 0, KEY.length, fields);
}

function listened() {
  const listeners: IndexListeners = {};
  const index = makeLogIndex(new Uint8Array(16), listeners);
  index.createBucket(1, KEY);
  const dead = new DeadPlaces({ firstSegment: 1, segmentLimitBytes: 2 ** 20 });
  const noted = (): number[] => {
    dead.settle();
    return [100, 200, 300, 400, 500].filter((at) => dead.has(3, at));
  };
  return { listeners, index, dead, noted };
}

test("the place of a value is noted as dead when its key is overwritten or goes", () => {
  const { listeners, index, dead, noted } = listened();
  put(index, 100);
  put(index, 200);
  listeners.dead = dead;
  put(index, 300);
  assert.deepEqual(noted(), [200]);
  const entry = put(index, 400);
  assert.deepEqual(noted(), [200, 300]);
  index.remove(index.bucketWithId(1), entry);
  assert.deepEqual(noted(), [200, 300, 400]);
  put(index, 500);
  assert.deepEqual(noted(), [200, 300, 400]);
});

test("the place of a value is noted when its bucket is dropped and taken apart, and not when it moves", () => {
  const { listeners, index, dead, noted } = listened();
  listeners.dead = dead;
  const entry = put(index, 100);
  index.setPlace(entry, 3, 200);
  assert.deepEqual(noted(), []);
  index.dropBucket(index.bucketWithId(1));
  assert.equal(index.reclaim(100), false);
  assert.deepEqual(noted(), [200]);
});

test("places of long values are not noted", () => {
  const { listeners, index, dead, noted } = listened();
  listeners.dead = dead;
  put(index, 100, 4097);
  put(index, 200, 4096);
  put(index, 300);
  assert.deepEqual(noted(), [200]);
});
