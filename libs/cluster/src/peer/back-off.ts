import type { Timing } from "../timing.ts";

/** From which part of its length on a pause may end: nodes that have lost each other do not come back in step. */
const leastShare = 0.5;

/**
 * How long to wait before a node is dialled again, after so many dials in a row have failed: the pause doubles from
 * `backOffMs` up to `backOffLimitMs`, and is shortened by chance. `random` is from 0 up to, not including, 1.
 */
export function pauseMs(failures: number, random: number, timing: Timing): number {
  const { backOffMs, backOffLimitMs } = timing;
  const longestMs = Math.min(backOffLimitMs, backOffMs * 2 ** Math.min(failures, 30));
  return longestMs * (leastShare + (1 - leastShare) * random);
}
