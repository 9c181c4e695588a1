import { seededDraw } from "../testing/seeded-draw.ts";
import type { Draw } from "../testing/simulated-file.ts";

/** The one source of chance of a history: whoever rolls in the same order gets the same. */
export interface Dice {
  /** A whole number from 0 up to, not including, `count`. */
  readonly below: Draw;
  /** A whole number from `low` to `high`, both included. */
  readonly between: (low: number, high: number) => number;
  /** True in `percent` of a hundred cases. */
  readonly chance: (percent: number) => boolean;
  readonly pick: <Value>(values: readonly Value[]) => Value;
  /** Picks one name, each as often as its weight says. */
  readonly weigh: <Name extends string>(weights: Readonly<Record<Name, number>>) => Name;
  readonly bytes: (count: number) => Uint8Array;
}

/** Seeds that differ in one bit have streams that differ in all: Knuth's multiplicative hash. */
const SPREAD = 0x9e3779b1;

/** Dice whose every throw follows from `seed`, a whole number from 0 up to 2^32. */
export function rollDice(seed: number): Dice {
  const below = seededDraw(Math.imul(seed + 1, SPREAD) ^ seed);
  const between = (low: number, high: number): number => low + below(high - low + 1);
  const pick = <Value>(values: readonly Value[]): Value => {
    const value = values[below(values.length)];
    if (value === undefined) throw new RangeError("Cannot pick: there is nothing to pick from");
    return value;
  };
  const weigh = <Name extends string>(weights: Readonly<Record<Name, number>>): Name => {
    const names = keysOf(weights);
    let left = below(names.reduce((sum, name) => sum + weights[name], 0));
    for (const name of names) {
      left -= weights[name];
      if (left < 0) return name;
    }
    return pick(names);
  };
  return {
    below,
    between,
    pick,
    weigh,
    chance: (percent) => below(100) < percent,
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
  };
}

function keysOf<Name extends string>(weights: Readonly<Record<Name, number>>): readonly Name[] {
  return Object.keys(weights).filter((name): name is Name => name in weights);
}
