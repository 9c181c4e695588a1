/** How much is measured, and for how long. */
export interface Scale {
  readonly name: "full" | "quick";
  /** How often each thing is measured: ratios are medians over so many pairs. */
  readonly rounds: number;
  /** How long each thing is measured at a time. */
  readonly slotMs: number;
  /** How long each thing runs before the first round. */
  readonly warmUpMs: number;
  /** The population of the workloads. */
  readonly workloadKeys: number;
  /** The populations of the cost curve, from small to large. */
  readonly curveKeys: readonly number[];
  /** How many keys of each of those make up its hot ones: as many as the smallest has. */
  readonly hotKeys: number;
  /** How often each way of opening is measured. */
  readonly openingRounds: number;
  readonly compaction: CompactionScale;
  readonly redis: RedisScale;
  /** What linked nodes store. */
  readonly routed: { readonly keys: number };
}

/** How much is measured beside redis-server. */
export interface RedisScale {
  readonly keys: number;
  /** The keys that redis-benchmark draws from, in one bucket: as many as one of the population's has. */
  readonly toolKeys: number;
  readonly rounds: number;
  readonly slotMs: number;
  readonly warmUpMs: number;
}

/** How much is overwritten while the engine compacts. */
export interface CompactionScale {
  readonly keys: number;
  /** Several segments are compacted in the time of one measurement. */
  readonly segmentLimitBytes: number;
  readonly slotMs: number;
}

/** The run whose results stand in README.md: about half an hour on two cores. */
export const fullScale: Scale = {
  name: "full",
  rounds: 5,
  slotMs: 1_200,
  warmUpMs: 400,
  workloadKeys: 1_000_000,
  curveKeys: [10_000, 100_000, 1_000_000, 10_000_000],
  hotKeys: 10_000,
  openingRounds: 3,
  compaction: { keys: 1_000_000, segmentLimitBytes: 64 * 2 ** 20, slotMs: 4_000 },
  redis: { keys: 1_000_000, toolKeys: 125_000, rounds: 5, slotMs: 1_000, warmUpMs: 300 },
  routed: { keys: 100_000 },
};

/** Says within a minute whether something is badly off. Its figures are coarse. */
export const quickScale: Scale = {
  name: "quick",
  rounds: 3,
  slotMs: 120,
  warmUpMs: 40,
  workloadKeys: 30_000,
  curveKeys: [10_000, 100_000],
  hotKeys: 10_000,
  openingRounds: 3,
  compaction: { keys: 100_000, segmentLimitBytes: 2 * 2 ** 20, slotMs: 250 },
  redis: { keys: 16_000, toolKeys: 2_000, rounds: 2, slotMs: 40, warmUpMs: 10 },
  routed: { keys: 10_000 },
};
