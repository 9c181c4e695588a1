import type { Condition, DeleteOutcome } from "../store.ts";
import { distinct } from "./byte-map.ts";
import { findConflict } from "./condition.ts";
import { changed, type Decision, unchanged } from "./decision.ts";
import { absenceRestsOn, findBucket, findEntry, nextRevision, type Tables } from "./tables.ts";

/** What `Buckets.delete` was asked for. */
export interface DeleteRequest {
  readonly bucket: Uint8Array;
  readonly keys: readonly Uint8Array[];
  readonly condition: Condition | undefined;
}

/** Deletes those of the keys that are there, as one mutation. */
export function decideDelete(
  tables: Tables,
  request: DeleteRequest,
  nowMs: number,
): Decision<DeleteOutcome> {
  const { bucket: name, keys, condition } = request;
  const bucket = findBucket(tables, name, nowMs);
  if (bucket === undefined) return unchanged({ type: "no-bucket" }, absenceRestsOn(tables, name));
  if (condition !== undefined) {
    const demands = keys.map((key) => ({ key, condition }));
    const conflict = findConflict(bucket, demands, nowMs);
    if (conflict !== undefined) return unchanged(conflict, bucket.revision);
  }
  const there = distinct(keys).filter((key) => findEntry(bucket, key, nowMs) !== undefined);
  if (there.length === 0) return unchanged({ type: "missing" }, bucket.revision);
  const revision = nextRevision(tables);
  return changed(
    { type: "deleted", revision, removed: there.length },
    { type: "delete", bucketId: bucket.id, revision, keys: there },
  );
}
