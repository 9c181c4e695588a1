import assert from "node:assert/strict";
import type { BucketRef } from "../entry.ts";
import type { KeyIndex } from "../key-index.ts";
import { bytesOf } from "./latin1.ts";
import type { ModelBucket, ModelEntry } from "./model-bucket.ts";

/** `index` finds the bucket by its name and its id, and knows of it what the model does. */
export function expectBucket(index: KeyIndex, name: string, bucket: ModelBucket): void {
  const { ref, keys, ...about } = bucket;
  assert.deepEqual([index.bucketNamed(bytesOf(name)), index.bucketWithId(bucket.id)], [ref, ref]);
  assert.deepEqual(index.bucketName(ref), bytesOf(name));
  assert.equal(index.bucketKeyCount(ref), keys.size);
  assert.deepEqual(
    {
      id: index.bucketId(ref),
      name,
      revision: index.bucketRevision(ref),
      standingRevision: index.bucketStandingRevision(ref),
      removalRevision: index.bucketRemovalRevision(ref),
      expiresAtMs: index.bucketExpiresAtMs(ref),
      segment: index.bucketSegment(ref),
      isTransient: index.lifetimes.isTransient(ref),
    },
    about,
  );
}

/** `index` finds the key in the bucket, and knows of it what the model does. */
export function expectEntry(
  index: KeyIndex,
  bucket: BucketRef,
  { key, entry: { ref, fields, copyPlace } }: { readonly key: string; readonly entry: ModelEntry },
): void {
  const bytes = bytesOf(`-${key}`);
  assert.equal(index.find(bucket, bytes, 1, bytes.length), ref);
  assert.equal(index.copies.of(ref), copyPlace);
  assert.equal(index.keyBytes(ref), key.length);
  assert.ok(index.hasKey(ref, bytes, 1, bytes.length));
  assert.ok(!index.hasKey(ref, bytes, 0, bytes.length));
  assert.deepEqual(
    {
      revision: index.revision(ref),
      expiresAtMs: index.expiresAtMs(ref),
      segment: index.segment(ref),
      offset: index.offset(ref),
      valueBytes: index.valueBytes(ref),
    },
    fields,
  );
}
