/**
 * When compaction runs, and how much it does at a time: arithmetic only.
 *
 * Compaction takes the oldest segment, whatever is in it, so a whole round writes every living byte
 * once. With dead bytes kept at the share d of the log, a round of (1 - d) living bytes lets d be
 * written by callers: at d = 1/2 compaction never writes more than callers do, over a round.
 */

/** What the policy looks at. */
export interface LogUse {
  readonly totalBytes: number;
  readonly liveBytes: number;
  /** Segments that nothing is appended to any more. */
  readonly closedSegments: number;
}

/** Compaction begins a little before the limit is reached, so that it need not hurry. */
const HEADROOM = 0.9;

/** Looked at in one portion when nobody else writes: with a pause of 5 ms, some 12 MB a second. */
const IDLE_PORTION_BYTES = 64 * 1024;

/** No portion is larger: it is done without letting others run. About a millisecond's work. */
const LARGEST_PORTION_BYTES = 256 * 1024;

/** The share of the log that is dead, 0 to 1. */
export function deadShare({ totalBytes, liveBytes }: LogUse): number {
  return totalBytes === 0 ? 0 : Math.max(0, totalBytes - liveBytes) / totalBytes;
}

/** Whether the oldest segment should go. */
export function isDue(use: LogUse, deadShareLimit: number): boolean {
  // At 1 there is no limit.
  return deadShareLimit < 1 && use.closedSegments > 0 && deadShare(use) > deadShareLimit * HEADROOM;
}

/**
 * How many bytes of the oldest segment to look at next, when callers have written `writtenBytes`
 * since the last portion: half as many as they while there is room, three times as many beyond the
 * limit, so that the limit holds against any load.
 */
export function portionBytes(use: LogUse, deadShareLimit: number, writtenBytes: number): number {
  const pace = deadShare(use) > deadShareLimit ? 3 : 0.5;
  return Math.min(IDLE_PORTION_BYTES + pace * writtenBytes, LARGEST_PORTION_BYTES);
}
