import type { Condition, Conflict } from "../store.ts";
import { type Bucket, type Entry, findEntry } from "./tables.ts";

/** One key and what must hold of it; `undefined` asks for nothing. */
export interface Demand {
  readonly key: Uint8Array;
  readonly condition?: Condition | undefined;
}

/** The first demand that does not hold, as a conflict with a key of its own. */
export function findConflict(
  bucket: Bucket,
  demands: Iterable<Demand>,
  nowMs: number,
): Conflict | undefined {
  for (const { key, condition } of demands) {
    if (condition === undefined) continue;
    const entry = findEntry(bucket, key, nowMs);
    if (holds(condition, entry)) continue;
    return { type: "conflict", key: new Uint8Array(key), revision: entry?.revision };
  }
  return undefined;
}

function holds(condition: Condition, entry: Entry | undefined): boolean {
  return condition.type === "absent" ? entry === undefined : entry?.revision === condition.revision;
}
