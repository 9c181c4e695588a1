import type { Field, PutOutcome } from "../store.ts";
import { countDistinct, latestOfEachKey } from "./byte-map.ts";
import { findConflict } from "./condition.ts";
import { type Decision, unchanged } from "./decision.ts";
import { assertWholeMilliseconds, hasLapsed } from "./lapse.ts";
import type { Mutation } from "./mutation.ts";
import { type MutationNumber, mutationNumber } from "./mutation-number.ts";
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

/**
 * All fields become one mutation, and so one record of the log: a crash keeps all of them or none.
 * Fields whose time is over already cost a second one, in the same decision and so in the same group.
 */
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
  const added = countAdded(bucket, fields, nowMs);
  const mutations = fields.some((field) => hasLapsed(field, nowMs))
    ? putWithLapsed(bucket, fields, { nowMs, revision: nextRevision(tables) })
    : [putOf(bucket, fields, nextRevision(tables))];
  const revision = mutations.at(-1)?.revision ?? bucket.revision;
  return { outcome: { type: "stored", revision, added }, mutations, restsOn: revision };
}

/**
 * Deletes what lies under the lapsed fields and puts the others: a field whose time is over must not
 * come to life when it is replayed under a clock that was set back. The last mutation is the one
 * whose revision the keys that are there carry. With nothing to delete and nothing to put there still
 * has to be a mutation, for a put has a revision: the fields are put, and deleted at once.
 */
function putWithLapsed(
  bucket: Bucket,
  fields: readonly Field[],
  { nowMs, revision }: { readonly nowMs: number; readonly revision: MutationNumber },
): readonly Mutation[] {
  const latest = latestOfEachKey(fields);
  const living = latest.filter((field) => !hasLapsed(field, nowMs));
  const lapsed = latest.filter((field) => hasLapsed(field, nowMs)).map(({ key }) => key);
  const there = lapsed.filter((key) => bucket.keys.get(key) !== undefined);
  const next = mutationNumber(revision + 1);
  if (living.length === 0) {
    return there.length > 0
      ? [deleteOf(bucket, there, revision)]
      : [putOf(bucket, latest, revision), deleteOf(bucket, lapsed, next)];
  }
  return there.length > 0
    ? [deleteOf(bucket, there, revision), putOf(bucket, living, next)]
    : [putOf(bucket, living, revision)];
}

function putOf({ id }: Bucket, fields: readonly Field[], revision: MutationNumber): Mutation {
  return { type: "put", bucketId: id, revision, fields };
}

function deleteOf({ id }: Bucket, keys: readonly Uint8Array[], revision: MutationNumber): Mutation {
  return { type: "delete", bucketId: id, revision, keys };
}

function countAdded(bucket: Bucket, fields: readonly Field[], nowMs: number): number {
  const [first] = fields;
  if (first !== undefined && fields.length === 1) {
    return findEntry(bucket, first.key, nowMs) === undefined ? 1 : 0;
  }
  const newcomers = fields.filter(({ key }) => findEntry(bucket, key, nowMs) === undefined);
  return countDistinct(newcomers.map(({ key }) => key));
}
