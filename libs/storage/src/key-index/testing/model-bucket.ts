import type { BucketRef, EntryFields, EntryRef } from "../entry.ts";

/** A key of the model. */
export interface ModelEntry {
  readonly ref: EntryRef;
  readonly fields: EntryFields;
  readonly copyPlace: number;
}

/** A bucket of the model. */
export interface ModelBucket {
  readonly ref: BucketRef;
  readonly id: number;
  readonly name: string;
  readonly keys: Map<string, ModelEntry>;
  revision: number;
  standingRevision: number;
  removalRevision: number;
  expiresAtMs: number;
  segment: number;
  isTransient: boolean;
}

/** Whether the bucket is to be dropped because it has lost its last key. */
export function isForsaken({ isTransient, keys }: ModelBucket): boolean {
  return isTransient && keys.size === 0;
}
