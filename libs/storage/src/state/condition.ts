import type { BucketRef, KeyIndex } from "../key-index/key-index.ts";
import type { Condition, Conflict } from "../store.ts";
import { findEntry } from "./look-up.ts";
import { mutationNumber } from "./mutation-number.ts";

/** One key and what must hold of it; `undefined` asks for nothing. */
export interface Demand {
  readonly key: Uint8Array;
  readonly condition?: Condition | undefined;
}

/** The keys of one bucket, as they are at one time. */
export interface Moment {
  readonly bucket: BucketRef;
  readonly nowMs: number;
}

/** The first demand that does not hold, as a conflict with a key of its own. */
export function findConflict(
  index: KeyIndex,
  { bucket, nowMs }: Moment,
  demands: Iterable<Demand>,
): Conflict | undefined {
  for (const { key, condition } of demands) {
    if (condition === undefined) continue;
    const entry = findEntry(index, { bucket, key }, nowMs);
    const revision = entry === 0 ? undefined : mutationNumber(index.revision(entry));
    const isMet =
      condition.type === "absent" ? revision === undefined : revision === condition.revision;
    if (!isMet) return { type: "conflict", key: new Uint8Array(key), revision };
  }
  return undefined;
}
