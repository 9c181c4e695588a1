import type { KeyIndex } from "../key-index/key-index.ts";
import { conditionalExpiry, mayExpire, type NewExpiry } from "../new-expiry.ts";
import type { ExpireOutcome } from "../store.ts";
import { changed, type Decision, unchanged } from "./decision.ts";
import { assertWholeMilliseconds, hasLapsed } from "./lapse.ts";
import {
  bucketAbsent,
  expiryOf,
  findBucket,
  findEntry,
  nextRevision,
  revisionOfBucket,
} from "./look-up.ts";
import { mutationNumber } from "./mutation-number.ts";
import { removalOf } from "./removal-of.ts";

/** What `Buckets.expire` was asked for. */
export interface ExpireRequest {
  readonly bucket: Uint8Array;
  /** `undefined` for the whole bucket. */
  readonly key: Uint8Array | undefined;
  readonly expiry: NewExpiry;
}

/**
 * Gives a key or a bucket another time to expire at; what has lapsed already cannot be revived. A
 * time that is over already is decided as the removal that it means: replayed under a clock that was
 * set back, it would not be over.
 */
export function decideExpire(
  index: KeyIndex,
  request: ExpireRequest,
  nowMs: number,
): Decision<ExpireOutcome> {
  const { bucket: name, key } = request;
  const expiry = conditionalExpiry(request.expiry);
  const { expiresAtMs } = expiry;
  assertWholeMilliseconds(expiresAtMs);
  const bucket = findBucket(index, name, nowMs);
  if (bucket === 0) return { ...bucketAbsent(index, name), mutations: [] };
  const bucketId = mutationNumber(index.bucketId(bucket));
  const revision = nextRevision(index);
  const outcome = { type: "updated", revision } as const;
  const isOver = hasLapsed({ expiresAtMs }, nowMs);
  if (key === undefined) {
    if (!mayExpire(expiryOf(index.bucketExpiresAtMs(bucket)), expiry)) {
      return unchanged({ type: "unchanged" }, revisionOfBucket(index, bucket));
    }
    if (isOver) return changed(outcome, { type: "drop", bucketId, revision });
    return changed(outcome, { type: "expire-bucket", bucketId, revision, expiresAtMs });
  }
  const entry = findEntry(index, { bucket, key }, nowMs);
  if (entry === 0) return unchanged({ type: "missing" }, revisionOfBucket(index, bucket));
  if (!mayExpire(expiryOf(index.expiresAtMs(entry)), expiry)) {
    return unchanged({ type: "unchanged" }, revisionOfBucket(index, bucket));
  }
  if (isOver) {
    return changed(outcome, removalOf(index, { bucket, nowMs }, { keys: [key], living: 1 }));
  }
  return changed(outcome, { type: "expire-key", bucketId, revision, key, expiresAtMs });
}
