/** Time and chance, passed in so that a test decides them. */
export interface Timing {
  /** Milliseconds that only go forward, from any beginning. */
  readonly nowMs: () => number;
  /** From 0 up to but not including 1. */
  readonly random: () => number;
}

/** The machine's. */
export const machineTiming: Timing = {
  // tidy-allow: the one clock of this engine, passed on to all of it
  nowMs: () => performance.now(),
  // tidy-allow: spreads retries; nothing is to be replayed from it
  random: () => Math.random(),
};

const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 100;

/** How long to wait before something is tried again: 20 to 100 ms, so that not all that wait come at once. */
export function pauseMs(timing: Timing): number {
  return SHORTEST_PAUSE_MS + timing.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
}
