import type { KeyIndex } from "../key-index/key-index.ts";
import type { Condition, DeleteOutcome } from "../store.ts";
import { findConflict } from "./condition.ts";
import { changed, type Decision, unchanged } from "./decision.ts";
import { distinct } from "./distinct-keys.ts";
import { bucketAbsent, findBucket, findEntry, revisionOfBucket } from "./look-up.ts";
import { removalOf } from "./removal-of.ts";

/** What `Buckets.delete` was asked for. */
export interface DeleteRequest {
  readonly bucket: Uint8Array;
  readonly keys: readonly Uint8Array[];
  readonly condition: Condition | undefined;
}

/** Deletes those of the keys that are there, as one mutation. */
export function decideDelete(
  index: KeyIndex,
  request: DeleteRequest,
  nowMs: number,
): Decision<DeleteOutcome> {
  const { bucket: name, keys, condition } = request;
  const bucket = findBucket(index, name, nowMs);
  if (bucket === 0) return { ...bucketAbsent(index, name), mutations: [] };
  const latest = revisionOfBucket(index, bucket);
  if (condition !== undefined) {
    const demands = keys.map((key) => ({ key, condition }));
    const conflict = findConflict(index, { bucket, nowMs }, demands);
    if (conflict !== undefined) return unchanged(conflict, latest);
  }
  const there = distinct(keys).filter((key) => findEntry(index, { bucket, key }, nowMs) !== 0);
  if (there.length === 0) return unchanged({ type: "missing" }, latest);
  const living = there.length;
  const removal = removalOf(index, { bucket, nowMs }, { keys: there, living });
  return changed({ type: "deleted", revision: removal.revision, removed: living }, removal);
}
