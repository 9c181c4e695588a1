import type { Draw } from "./simulated-file.ts";

/** The same numbers for the same seed: xorshift, by Marsaglia (2003). */
export function seededDraw(seed: number): Draw {
  let state = seed | 1;
  return (count) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % count;
  };
}
