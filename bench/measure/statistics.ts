/** What a few repeated figures come to: the middle one, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The middle of `values`, or the mean of the two in the middle; `NaN` when there are none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Of no values: `NaN` and infinities. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/**
 * How `values` compare to `base`, round by round: the two figures of one round were taken right after each
 * other, so what slowed the machine down slowed down both, and their ratio is steadier than either.
 */
export function pairedRatio(values: readonly number[], base: readonly number[]): Spread {
  if (values.length !== base.length) {
    throw new RangeError(`Cannot pair ${values.length} rounds with ${base.length}`);
  }
  return spreadOf(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}
