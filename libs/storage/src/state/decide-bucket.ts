import type { KeyIndex } from "../key-index/key-index.ts";
import type { CreateBucketOutcome, DropBucketOutcome } from "../store.ts";
import { changed, type Decision, unchanged } from "./decision.ts";
import { assertKeyFits } from "./key-limit.ts";
import { bucketAbsent, findBucket, nextRevision, revisionOfBucket } from "./look-up.ts";
import type { DropMutation } from "./mutation.ts";
import { mutationNumber } from "./mutation-number.ts";

/**
 * Creates `name`, or finds it there. Over a bucket that has lapsed it drops the old incarnation
 * first: whoever replays the two never meets the old keys again, whatever its clock says.
 */
export function decideCreateBucket(
  index: KeyIndex,
  name: Uint8Array,
  nowMs: number,
): Decision<CreateBucketOutcome> {
  assertKeyFits(name);
  const standing = findBucket(index, name, nowMs);
  if (standing !== 0) {
    const latest = revisionOfBucket(index, standing);
    return unchanged({ type: "exists", revision: latest }, latest);
  }
  const next = nextRevision(index);
  const lapsed = index.bucketNamed(name);
  const revision = lapsed === 0 ? next : mutationNumber(next + 1);
  const create = { type: "create", bucketId: revision, revision, name } as const;
  return {
    outcome: { type: "created", revision },
    mutations: lapsed === 0 ? [create] : [dropOf(index, lapsed), create],
    restsOn: revision,
  };
}

/** Drops `name` with all its keys, if it is there. */
export function decideDropBucket(
  index: KeyIndex,
  name: Uint8Array,
  nowMs: number,
): Decision<DropBucketOutcome> {
  const bucket = findBucket(index, name, nowMs);
  if (bucket === 0) return { ...bucketAbsent(index, name), mutations: [] };
  const drop = dropOf(index, bucket);
  return changed({ type: "dropped", revision: drop.revision }, drop);
}

/** The end of `bucket`, as the next mutation. */
export function dropOf(index: KeyIndex, bucket: number): DropMutation {
  const bucketId = mutationNumber(index.bucketId(bucket));
  return { type: "drop", bucketId, revision: nextRevision(index) };
}
