import type { KeyIndex } from "../key-index/key-index.ts";
import type { CreateBucketOutcome, DropBucketOutcome, Lifetime } from "../store.ts";
import { changed, type Decision, unchanged } from "./decision.ts";
import { assertKeyFits } from "./key-limit.ts";
import { bucketAbsent, findBucket, nextRevision, revisionOfBucket } from "./look-up.ts";
import type { CreateMutation, DropMutation } from "./mutation.ts";
import { mutationNumber } from "./mutation-number.ts";

/** Creates `name`, or finds it there; a transient one is a kept one from then on. */
export function decideCreateBucket(
  index: KeyIndex,
  name: Uint8Array,
  nowMs: number,
): Decision<CreateBucketOutcome> {
  assertKeyFits(name);
  const standing = findBucket(index, name, nowMs);
  if (standing === 0) {
    const { create, mutations } = creationOf(index, name, "kept");
    const { revision } = create;
    return { outcome: { type: "created", revision }, mutations, restsOn: revision };
  }
  if (index.lifetimes.isTransient(standing)) {
    const bucketId = mutationNumber(index.bucketId(standing));
    const revision = nextRevision(index);
    return changed({ type: "exists", revision }, { type: "keep", bucketId, revision });
  }
  const latest = revisionOfBucket(index, standing);
  return unchanged({ type: "exists", revision: latest }, latest);
}

/** How a bucket comes to be there that is not. */
export interface Creation {
  readonly create: CreateMutation;
  /** `create`, and what has to come before it. */
  readonly mutations: readonly (CreateMutation | DropMutation)[];
}

/**
 * The creation of `name`, which must not be there. Over a bucket whose life is over it drops the old
 * incarnation first: whoever replays the two never meets the old keys again, whatever its clock says.
 */
export function creationOf(index: KeyIndex, name: Uint8Array, lifetime: Lifetime): Creation {
  const next = nextRevision(index);
  const gone = index.bucketNamed(name);
  const revision = gone === 0 ? next : mutationNumber(next + 1);
  const create = { type: "create", bucketId: revision, revision, name, lifetime } as const;
  return { create, mutations: gone === 0 ? [create] : [dropOf(index, gone), create] };
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
