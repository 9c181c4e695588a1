/** Chance that a seed replays. */
export interface Chance {
  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number;
  /** True in `percent` of a hundred cases. */
  percent(percent: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
}

/** The same throws for the same seed: Mulberry32, by Tommy Ettinger. */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (count: number): number => next() % count;
  return {
    below,
    percent: (percent) => below(100) < percent,
    pick: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new RangeError("Cannot pick: there is nothing to pick from");
      return value;
    },
  };
}
