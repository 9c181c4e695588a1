/** Randomness that a seed replays. Every test that draws prints the seed it drew from. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  pick<Value>(values: readonly Value[]): Value;
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean;
  /** An independent stream for one part of the work, so that parts do not disturb each other's draws. */
  fork(): Random;
}

/** The generator is Mulberry32 (Tommy Ettinger): 32 bits of state, good enough to shuffle tests. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const integer = (low: number, high: number): number => low + (next() % (high - low + 1));
  return {
    integer,
    pick: (values) => {
      const value = values[integer(0, values.length - 1)];
      if (value === undefined) throw new RangeError("Cannot pick: there is nothing to pick from");
      return value;
    },
    chance: (percent) => integer(1, 100) <= percent,
    fork: () => seededRandom(next()),
  };
}

/** The seed named by `text` (an option, or the variable `KV_TEST_SEED`), otherwise a new one. */
export function chooseSeed(text = process.env["KV_TEST_SEED"]): number {
  if (text === undefined || text === "") return Math.floor(Math.random() * 2 ** 32);
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(
      `Cannot take "${text}" for a seed: expected a whole number from 0 to 2^32 - 1`,
    );
  }
  return seed;
}
