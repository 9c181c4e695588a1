import type { BucketRef, KeyIndex } from "../key-index/key-index.ts";
import type { Field, PutOptions, PutOutcome } from "../store.ts";
import { findConflict, type Moment } from "./condition.ts";
import { type Decision, unchanged } from "./decision.ts";
import { decideFirstPut } from "./decide-first-put.ts";
import { countDistinct, latestOfEachKey } from "./distinct-keys.ts";
import { assertKeyFits } from "./key-limit.ts";
import { assertWholeMilliseconds, hasLapsed } from "./lapse.ts";
import { bucketAbsent, findBucket, findEntry, nextRevision, revisionOfBucket } from "./look-up.ts";
import type { Mutation } from "./mutation.ts";
import { type MutationNumber, mutationNumber } from "./mutation-number.ts";
import { removalOf } from "./removal-of.ts";

/** What `Buckets.put` was asked for. */
export interface PutRequest {
  readonly bucket: Uint8Array;
  readonly fields: readonly Field[];
  readonly options?: PutOptions | undefined;
}

/**
 * All fields become one mutation, and so one record of the log: a crash keeps all of them or none.
 * Fields whose time is over already cost a second one, in the same decision and so in the same group.
 */
export function decidePut(
  index: KeyIndex,
  request: PutRequest,
  nowMs: number,
): Decision<PutOutcome> {
  const { bucket: name, fields } = request;
  for (const { key, expiresAtMs } of fields) {
    assertKeyFits(key);
    assertWholeMilliseconds(expiresAtMs);
  }
  const bucket = findBucket(index, name, nowMs);
  if (bucket === 0 && request.options?.createsBucket === true) {
    return decideFirstPut(index, request, nowMs);
  }
  if (bucket === 0) return { ...bucketAbsent(index, name), mutations: [] };
  const moment = { bucket, nowMs };
  const conflict = findConflict(index, moment, fields);
  const latest = revisionOfBucket(index, bucket);
  if (conflict !== undefined) return unchanged(conflict, latest);
  if (fields.length === 0) return unchanged({ type: "stored", revision: latest, added: 0 }, latest);
  const added = countAdded(index, moment, fields);
  const mutations = fields.some((field) => hasLapsed(field, nowMs))
    ? putWithLapsed(index, moment, fields)
    : [putOf(index, bucket, { fields, revision: nextRevision(index) })];
  const revision = mutations.at(-1)?.revision ?? latest;
  return { outcome: { type: "stored", revision, added }, mutations, restsOn: revision };
}

/**
 * Deletes the keys of the lapsed fields and puts the others: a field whose time is over must not come
 * to life when it is replayed under a clock that was set back, and neither must what lay under it, be
 * it in the index or, having lapsed itself, in the log only. The last mutation is the one whose
 * revision the keys that are there carry.
 */
function putWithLapsed(
  index: KeyIndex,
  moment: Moment,
  all: readonly Field[],
): readonly Mutation[] {
  const { bucket, nowMs } = moment;
  const latest = latestOfEachKey(all);
  const fields = latest.filter((field) => !hasLapsed(field, nowMs));
  const keys = latest.filter((field) => hasLapsed(field, nowMs)).map(({ key }) => key);
  const revision = nextRevision(index);
  if (fields.length === 0) {
    const there = keys.filter((key) => findEntry(index, { bucket, key }, nowMs) !== 0);
    return [removalOf(index, moment, { keys, living: there.length })];
  }
  if (keys.length === 0) return [putOf(index, bucket, { fields, revision })];
  const next = mutationNumber(revision + 1);
  return [
    deleteOf(index, bucket, { keys, revision }),
    putOf(index, bucket, { fields, revision: next }),
  ];
}

function putOf(
  index: KeyIndex,
  bucket: BucketRef,
  { fields, revision }: { readonly fields: readonly Field[]; readonly revision: MutationNumber },
): Mutation {
  return { type: "put", bucketId: mutationNumber(index.bucketId(bucket)), revision, fields };
}

function deleteOf(
  index: KeyIndex,
  bucket: BucketRef,
  { keys, revision }: { readonly keys: readonly Uint8Array[]; readonly revision: MutationNumber },
): Mutation {
  return { type: "delete", bucketId: mutationNumber(index.bucketId(bucket)), revision, keys };
}

function countAdded(index: KeyIndex, moment: Moment, fields: readonly Field[]): number {
  const { bucket, nowMs } = moment;
  const [first] = fields;
  if (first !== undefined && fields.length === 1) {
    return findEntry(index, { bucket, key: first.key }, nowMs) === 0 ? 1 : 0;
  }
  const newcomers = fields.filter(({ key }) => findEntry(index, { bucket, key }, nowMs) === 0);
  return countDistinct(newcomers.map(({ key }) => key));
}
