import type { ExpireOutcome } from "../store.ts";
import { changed, type Decision, unchanged } from "./decision.ts";
import { assertWholeMilliseconds, hasLapsed } from "./lapse.ts";
import { absenceRestsOn, findBucket, findEntry, nextRevision, type Tables } from "./tables.ts";

/** What `Buckets.expire` was asked for. */
export interface ExpireRequest {
  readonly bucket: Uint8Array;
  /** `undefined` for the whole bucket. */
  readonly key: Uint8Array | undefined;
  readonly expiresAtMs: number | undefined;
}

/**
 * Gives a key or a bucket another time to expire at; what has lapsed already cannot be revived. A
 * time that is over already is decided as the removal that it means: replayed under a clock that was
 * set back, it would not be over.
 */
export function decideExpire(
  tables: Tables,
  request: ExpireRequest,
  nowMs: number,
): Decision<ExpireOutcome> {
  const { bucket: name, key, expiresAtMs } = request;
  assertWholeMilliseconds(expiresAtMs);
  const bucket = findBucket(tables, name, nowMs);
  if (bucket === undefined) return unchanged({ type: "no-bucket" }, absenceRestsOn(tables, name));
  const bucketId = bucket.id;
  const revision = nextRevision(tables);
  const outcome = { type: "updated", revision } as const;
  const isOver = hasLapsed({ expiresAtMs }, nowMs);
  if (key === undefined) {
    if (isOver) return changed(outcome, { type: "drop", bucketId, revision });
    return changed(outcome, { type: "expire-bucket", bucketId, revision, expiresAtMs });
  }
  if (findEntry(bucket, key, nowMs) === undefined) {
    return unchanged({ type: "missing" }, bucket.revision);
  }
  if (isOver) return changed(outcome, { type: "delete", bucketId, revision, keys: [key] });
  return changed(outcome, { type: "expire-key", bucketId, revision, key, expiresAtMs });
}
