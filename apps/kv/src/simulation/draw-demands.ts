import type { History } from "./history.ts";
import type { Demand } from "./request.ts";

/** What some requests in a row are about: one bucket, or any. */
export type Focus = string | undefined;

/** Draws what they are about. */
export function drawFocus({ world: { chance }, buckets }: History): Focus {
  return chance.percent(60) ? chance.pick(buckets) : undefined;
}

/** Draws some requests in a row. */
export function drawDemands(history: History, focus: Focus): readonly Demand[] {
  const { chance } = history.world;
  return Array.from({ length: 1 + chance.below(8) }, () => drawDemand(history, focus));
}

function drawDemand({ world: { chance }, buckets, keys }: History, focus: Focus): Demand {
  const bucket = focus ?? chance.pick(buckets);
  const key = chance.pick(keys);
  const roll = chance.below(100);
  if (roll < 8) return { type: "create", bucket };
  if (roll < 9) return { type: "drop", bucket };
  if (roll < 50) return { type: "put", bucket, key };
  if (roll < 54) return { type: "put-first", bucket, key };
  if (roll < 62) return { type: "delete", bucket, key };
  if (roll < 63) return { type: "list" };
  if (roll < 64) return { type: "count" };
  return { type: "get", bucket, key };
}
