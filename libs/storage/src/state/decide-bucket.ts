import type { CreateBucketOutcome, DropBucketOutcome } from "../store.ts";
import { changed, type Decision, unchanged } from "./decision.ts";
import type { DropMutation } from "./mutation.ts";
import { type MutationNumber, mutationNumber } from "./mutation-number.ts";
import { absenceRestsOn, type Bucket, findBucket, nextRevision, type Tables } from "./tables.ts";

/**
 * Creates `name`, or finds it there. Over a bucket that has lapsed it drops the old incarnation
 * first: whoever replays the two never meets the old keys again, whatever its clock says.
 */
export function decideCreateBucket(
  tables: Tables,
  name: Uint8Array,
  nowMs: number,
): Decision<CreateBucketOutcome> {
  const standing = findBucket(tables, name, nowMs);
  if (standing !== undefined) {
    return unchanged({ type: "exists", revision: standing.revision }, standing.revision);
  }
  const next = nextRevision(tables);
  const lapsed = tables.buckets.get(name);
  const revision = lapsed === undefined ? next : mutationNumber(next + 1);
  const create = { type: "create", bucketId: revision, revision, name } as const;
  return {
    outcome: { type: "created", revision },
    mutations: lapsed === undefined ? [create] : [dropOf(lapsed, next), create],
    restsOn: revision,
  };
}

/** Drops `name` with all its keys, if it is there. */
export function decideDropBucket(
  tables: Tables,
  name: Uint8Array,
  nowMs: number,
): Decision<DropBucketOutcome> {
  const bucket = findBucket(tables, name, nowMs);
  if (bucket === undefined) return unchanged({ type: "no-bucket" }, absenceRestsOn(tables, name));
  const revision = nextRevision(tables);
  return changed({ type: "dropped", revision }, dropOf(bucket, revision));
}

function dropOf(bucket: Bucket, revision: MutationNumber): DropMutation {
  return { type: "drop", bucketId: bucket.id, revision };
}
