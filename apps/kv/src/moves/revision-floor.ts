import type { Revision } from "@kv/storage";

/** As many changes as a bucket may see while it is copied. */
const margin = 2 ** 20;

/**
 * The revision above which a bucket's new owner gives its own ones: so far above `revision`, that of the latest change, that the bucket
 * gets none above it here while it moves. So no revision is ever used twice. A text, of an engine whose buckets do not move, stays.
 */
export function floorOf(revision: Revision): Revision {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as an engine makes them
  return typeof revision === "number" ? ((revision + margin) as Revision) : revision;
}

/** Whether `revision` is a later one than `floor`. */
export function isAbove(revision: Revision, floor: Revision): boolean {
  return revision > floor;
}
