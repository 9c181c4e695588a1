import type { BucketRef, EntryRef, KeyIndex } from "../key-index/key-index.ts";
import type { Finding } from "./decision.ts";
import { type MutationNumber, mutationNumber } from "./mutation-number.ts";

/** The number the next mutation gets. */
export function nextRevision(index: KeyIndex): MutationNumber {
  return mutationNumber(index.lastRevision + 1);
}

/** The bucket called `name`, unless it has lapsed; 0 when there is none. */
export function findBucket(index: KeyIndex, name: Uint8Array, nowMs: number): BucketRef {
  const bucket = index.bucketNamed(name);
  return bucket !== 0 && nowMs < index.bucketExpiresAtMs(bucket) ? bucket : 0;
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
 * The mutation on which "there is no bucket called `name`" rests: the one that let it lapse, or else
 * the latest drop of any bucket, which may have been this one.
 */
export function absenceRestsOn(index: KeyIndex, name: Uint8Array): number {
  const bucket = index.bucketNamed(name);
  return bucket === 0 ? index.dropRevision : index.bucketStandingRevision(bucket);
}

/** That there is no bucket called `name`. */
export function bucketAbsent(
  index: KeyIndex,
  name: Uint8Array,
): Finding<{ readonly type: "no-bucket" }> {
  return { outcome: NO_BUCKET, restsOn: absenceRestsOn(index, name) };
}

const NO_BUCKET = { type: "no-bucket" } as const;
