import type { Field, PutOutcome } from "../store.ts";
import { countDistinct } from "./byte-map.ts";
import { findConflict } from "./condition.ts";
import { changed, type Decision, unchanged } from "./decision.ts";
import { assertWholeMilliseconds } from "./lapse.ts";
import {
  absenceRestsOn,
  type Bucket,
  findBucket,
  findEntry,
  nextRevision,
  type Tables,
} from "./tables.ts";

/** What `Buckets.put` was asked for. */
export interface PutRequest {
  readonly bucket: Uint8Array;
  readonly fields: readonly Field[];
}

/** All fields become one mutation, and so one record of the log: a crash keeps all of them or none. */
export function decidePut(
  tables: Tables,
  request: PutRequest,
  nowMs: number,
): Decision<PutOutcome> {
  const { bucket: name, fields } = request;
  for (const field of fields) assertWholeMilliseconds(field.expiresAtMs);
  const bucket = findBucket(tables, name, nowMs);
  if (bucket === undefined) return unchanged({ type: "no-bucket" }, absenceRestsOn(tables, name));
  const conflict = findConflict(bucket, fields, nowMs);
  if (conflict !== undefined) return unchanged(conflict, bucket.revision);
  if (fields.length === 0) {
    return unchanged({ type: "stored", revision: bucket.revision, added: 0 }, bucket.revision);
  }
  const revision = nextRevision(tables);
  const added = countAdded(bucket, fields, nowMs);
  return changed(
    { type: "stored", revision, added },
    { type: "put", bucketId: bucket.id, revision, fields },
  );
}

function countAdded(bucket: Bucket, fields: readonly Field[], nowMs: number): number {
  const [first] = fields;
  if (first !== undefined && fields.length === 1) {
    return findEntry(bucket, first.key, nowMs) === undefined ? 1 : 0;
  }
  const newcomers = fields.filter(({ key }) => findEntry(bucket, key, nowMs) === undefined);
  return countDistinct(newcomers.map(({ key }) => key));
}
