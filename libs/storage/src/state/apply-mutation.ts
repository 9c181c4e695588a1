import { type BucketRef, type EntryRef, type KeyIndex, NEVER } from "../key-index/key-index.ts";
import type { ExpireKeyMutation, Mutation, PutMutation } from "./mutation.ts";

/** Where the values of an engine are: the index knows keys only. */
export interface ValuePlaces {
  /** The place of the next field that is put, in the order they are: asked once for each. */
  readonly next: (keyBytes: number, valueBytes: number) => Place;
  /** Takes the value of a field that was put; it has to copy what it keeps. */
  readonly keep: (entry: EntryRef, value: Uint8Array) => void;
}

/** A place in the log; all 0 in an engine without one. The same object may be handed out again and again. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
}

/**
 * Does to `index` what `mutation` says, without asking whether it should: it was decided against this
 * very index. Copies what it keeps.
 */
export function applyMutation(index: KeyIndex, mutation: Mutation, values: ValuePlaces): void {
  const { revision } = mutation;
  index.lastRevision = revision;
  if (mutation.type === "create") {
    const created = index.createBucket(revision, mutation.name);
    if (mutation.lifetime === "transient") index.lifetimes.setTransient(created, true);
    return;
  }
  const bucket = index.bucketWithId(mutation.bucketId);
  if (bucket === 0) throw new Error(`No bucket has the id ${mutation.bucketId}`);
  index.setBucketRevision(bucket, revision);
  switch (mutation.type) {
    case "drop":
      index.dropBucket(bucket);
      index.dropRevision = revision;
      return;
    case "keep":
      index.lifetimes.setTransient(bucket, false);
      index.setBucketStandingRevision(bucket, revision);
      return;
    case "put":
      applyPut(index, bucket, { mutation, values });
      return;
    case "delete":
      for (const key of mutation.keys) {
        const entry = index.find(bucket, key, 0, key.length);
        if (entry !== 0) index.remove(bucket, entry);
      }
      index.setBucketRemovalRevision(bucket, revision);
      return;
    case "expire-bucket":
      index.setBucketExpiresAtMs(bucket, mutation.expiresAtMs ?? NEVER);
      index.setBucketStandingRevision(bucket, revision);
      return;
    case "expire-key":
      applyExpireKey(index, bucket, mutation);
  }
}

/** What the index is told of a field: one object for all of them, read during the call only. */
const written = { revision: 0, expiresAtMs: NEVER, segment: 0, offset: 0, valueBytes: 0 };

function applyPut(
  index: KeyIndex,
  bucket: BucketRef,
  { mutation, values }: { readonly mutation: PutMutation; readonly values: ValuePlaces },
): void {
  written.revision = mutation.revision;
  for (const { key, value, expiresAtMs } of mutation.fields) {
    const { segment, offset } = values.next(key.length, value.length);
    written.expiresAtMs = expiresAtMs ?? NEVER;
    written.segment = segment;
    written.offset = offset;
    written.valueBytes = value.length;
    values.keep(index.put(bucket, key, 0, key.length, written), value);
  }
}

function applyExpireKey(
  index: KeyIndex,
  bucket: BucketRef,
  { key, revision, expiresAtMs }: ExpireKeyMutation,
): void {
  const entry = index.find(bucket, key, 0, key.length);
  if (entry === 0) throw new Error(`Bucket ${index.bucketId(bucket)} has no such key to expire`);
  index.setExpiresAtMs(entry, expiresAtMs ?? NEVER);
  index.setRevision(entry, revision);
}
