import type { BucketRef, EntryRef, KeyIndex } from "../key-index/key-index.ts";
import type { Lifetime } from "../store.ts";
import type { Finding } from "./decision.ts";
import { type MutationNumber, mutationNumber } from "./mutation-number.ts";

/** The number the next mutation gets. */
export function nextRevision(index: KeyIndex): MutationNumber {
  return mutationNumber(index.lastRevision + 1);
}

/** The bucket called `name`, unless its life is over; 0 when there is none. */
export function findBucket(index: KeyIndex, name: Uint8Array, nowMs: number): BucketRef {
  const bucket = index.bucketNamed(name);
  return bucket !== 0 && isThere(index, bucket, nowMs) ? bucket : 0;
}

/** Whether the life of a bucket that the index has is not over: by its time or, of a transient one, with its last key. */
export function isThere(index: KeyIndex, bucket: BucketRef, nowMs: number): boolean {
  return nowMs < index.bucketExpiresAtMs(bucket) && !isForsaken(index, bucket, nowMs);
}

/** Whether a bucket is transient and its keys have all lapsed. */
export function isForsaken(index: KeyIndex, bucket: BucketRef, nowMs: number): boolean {
  return index.lifetimes.isTransient(bucket) && !index.hasMoreKeysThan(bucket, 0, nowMs);
}

/** What a bucket lives until. */
export function lifetimeOf(index: KeyIndex, bucket: BucketRef): Lifetime {
  return index.lifetimes.isTransient(bucket) ? "transient" : "kept";
}

/** The entry of `key`, unless it has lapsed; 0 when there is none. */
export function findEntry(
  index: KeyIndex,
  { bucket, key }: { readonly bucket: BucketRef; readonly key: Uint8Array },
  nowMs: number,
): EntryRef {
  const entry = index.find(bucket, key, 0, key.length);
  return entry !== 0 && nowMs < index.expiresAtMs(entry) ? entry : 0;
}

/** A time as the contract has it: `undefined` where the index says `Infinity`. */
export function expiryOf(expiresAtMs: number): number | undefined {
  return expiresAtMs === Number.POSITIVE_INFINITY ? undefined : expiresAtMs;
}

/** The latest mutation of a bucket. */
export function revisionOfBucket(index: KeyIndex, bucket: BucketRef): MutationNumber {
  return mutationNumber(index.bucketRevision(bucket));
}

/**
 * The mutation on which "there is no bucket called `name`" rests: the one that let it lapse, be it by
 * giving the last key of a transient one its time, or else the latest drop of any bucket, which may have
 * been this one.
 */
export function absenceRestsOn(index: KeyIndex, name: Uint8Array): number {
  const bucket = index.bucketNamed(name);
  if (bucket === 0) return index.dropRevision;
  const standing = index.bucketStandingRevision(bucket);
  if (!index.lifetimes.isTransient(bucket)) return standing;
  return Math.max(standing, index.bucketRemovalRevision(bucket));
}

/** That there is no bucket called `name`. */
export function bucketAbsent(
  index: KeyIndex,
  name: Uint8Array,
): Finding<{ readonly type: "no-bucket" }> {
  return { outcome: NO_BUCKET, restsOn: absenceRestsOn(index, name) };
}

const NO_BUCKET = { type: "no-bucket" } as const;
