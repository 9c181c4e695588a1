import type { KeyIndex } from "../key-index/key-index.ts";
import type { Moment } from "./condition.ts";
import { dropOf } from "./decide-bucket.ts";
import { nextRevision } from "./look-up.ts";
import type { DeleteMutation, DropMutation } from "./mutation.ts";
import { mutationNumber } from "./mutation-number.ts";

/**
 * The removal of `keys`, which differ and of which `living` are there, as the next mutation: a transient
 * bucket that is left without a key by it is dropped, which says all at once.
 */
export function removalOf(
  index: KeyIndex,
  { bucket, nowMs }: Moment,
  { keys, living }: { readonly keys: readonly Uint8Array[]; readonly living: number },
): DeleteMutation | DropMutation {
  const isLast =
    index.lifetimes.isTransient(bucket) && !index.hasMoreKeysThan(bucket, living, nowMs);
  if (isLast) return dropOf(index, bucket);
  const bucketId = mutationNumber(index.bucketId(bucket));
  return { type: "delete", bucketId, revision: nextRevision(index), keys };
}
