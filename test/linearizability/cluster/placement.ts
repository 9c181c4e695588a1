import type { Random } from "../../harness/random.ts";

/** What a table deals out: the buckets that begin with these letters. */
export const RANGES = ["a-d", "e-h", "i-l", "m-p", "q-t", "u-z"] as const;

/** A bucket of each range. */
export const BUCKETS = ["apples", "figs", "lemons", "nuts", "rice", "wine"] as const;

/** Who has each of the ranges. */
export type Placement = readonly string[];

/** The ranges dealt out evenly, each node a stretch of the alphabet. */
export function evenPlacement(names: readonly string[]): Placement {
  return RANGES.map((_, index) => names[Math.floor((index * names.length) / RANGES.length)] ?? "");
}

/** The ranges dealt out by chance. */
export function drawnPlacement(names: readonly string[], random: Random): Placement {
  return RANGES.map(() => random.pick(names));
}

/**
 * A table for `node` alone by which requests still find the buckets that lie as `placement` says: what it holds itself may
 * be anybody's, the rest anybody else's, who knows better.
 */
export function straying(
  placement: Placement,
  { node, names, random }: { node: string; names: readonly string[]; random: Random },
): Placement {
  const others = names.filter((name) => name !== node);
  return placement.map((owner) => random.pick(owner === node ? names : others));
}

/** As `kv.routingTable` has it. */
export function tableText(placement: Placement): string {
  return RANGES.map((range, index) => `${range}=${placement[index]}`).join(",");
}
