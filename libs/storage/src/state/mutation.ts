import type { Field, Lifetime } from "../store.ts";
import type { MutationNumber } from "./mutation-number.ts";

/**
 * What happened to a store, one step at a time: `decide…` makes it, `applyMutation` does it, a log
 * keeps it. A state is nothing but the mutations that led to it, in order; none of them needs a
 * clock to be done again.
 *
 * Every mutation names its bucket by id, so one that is meant for a dropped bucket can never reach
 * its successor of the same name. The arrays are the caller's: whoever keeps them copies them.
 */
export type Mutation =
  | CreateMutation
  | KeepMutation
  | DropMutation
  | PutMutation
  | DeleteMutation
  | ExpireBucketMutation
  | ExpireKeyMutation;

interface OfBucket {
  readonly revision: MutationNumber;
  readonly bucketId: MutationNumber;
}

/** `bucketId` equals `revision`: a bucket is known by the mutation that created it. */
export interface CreateMutation extends OfBucket {
  readonly type: "create";
  readonly name: Uint8Array;
  /** `kept` when it is left out. */
  readonly lifetime?: Lifetime | undefined;
}

/** The bucket, a transient one until now, stays when its last key goes. */
export interface KeepMutation extends OfBucket {
  readonly type: "keep";
}

/** The bucket is gone with all its keys. */
export interface DropMutation extends OfBucket {
  readonly type: "drop";
}

/** Puts all `fields`, in order; their conditions have been judged. */
export interface PutMutation extends OfBucket {
  readonly type: "put";
  readonly fields: readonly Field[];
}

/** The keys are gone. */
export interface DeleteMutation extends OfBucket {
  readonly type: "delete";
  /** Different keys, of which some may not be there. */
  readonly keys: readonly Uint8Array[];
}

/** The bucket expires at another time; `undefined` for never. */
export interface ExpireBucketMutation extends OfBucket {
  readonly type: "expire-bucket";
  readonly expiresAtMs: number | undefined;
}

/** A key that is there expires at another time; `undefined` for never. */
export interface ExpireKeyMutation extends OfBucket {
  readonly type: "expire-key";
  readonly key: Uint8Array;
  readonly expiresAtMs: number | undefined;
}
