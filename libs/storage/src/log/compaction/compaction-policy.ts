/**
 * When compaction runs, and how fast: arithmetic only.
 *
 * Compaction takes the oldest segment, whatever is in it, so a whole round looks at every byte of the
 * log once and frees the dead ones. Dead bytes stay below the share d of the log when at least 1/d
 * bytes are looked at for each byte that callers write: over a round of the log's length L callers
 * write d L then, and d L is freed. Under a load that is spread over its keys less will do, for the
 * oldest segment has more dead bytes than the others; at d = 1/2 it is 1.25 bytes, and a quarter of a
 * byte is written again.
 *
 * So the pace rises with the share, from leisurely to three times what any load makes necessary, and
 * settles where the two are even. Whoever cannot keep that pace is behind; see `CompactionDebt`.
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

/** Bytes looked at for each one written where compaction begins. */
const LEISURELY_PACE = 0.5;

/** At the limit and beyond it, in multiples of what frees as much as is written. */
const URGENT_PACE = 3;

/** Looked at in one portion when nothing is owed: with a pause of 5 ms, some 12 MB a second. */
const IDLE_PORTION_BYTES = 64 * 1024;

/** The same when more is dead than may be. */
const URGENT_IDLE_PORTION_BYTES = 256 * 1024;

/** No portion is larger: it is done without letting others run. Half a millisecond's work. */
export const LARGEST_PORTION_BYTES = 2 ** 20;

/**
 * A whole pass that was asked for looks at so many bytes for each one that callers write: so it has an end, and leaves
 * no more dead bytes behind than half of the log that it has found.
 */
export const PASS_PACE = 2;

/** The share of the log that is dead, 0 to 1. */
export function deadShare({ totalBytes, liveBytes }: LogUse): number {
  return totalBytes === 0 ? 0 : Math.max(0, totalBytes - liveBytes) / totalBytes;
}

/** Whether the oldest segment should go. */
export function isDue(use: LogUse, deadShareLimit: number): boolean {
  // At 1 there is no limit.
  return deadShareLimit < 1 && use.closedSegments > 0 && deadShare(use) > deadShareLimit * HEADROOM;
}

/** How many bytes of the oldest segments are to be looked at for each byte that callers write. */
export function pace(use: LogUse, deadShareLimit: number): number {
  if (!isDue(use, deadShareLimit)) return 0;
  const beginsAt = deadShareLimit * HEADROOM;
  const urgency = (deadShare(use) - beginsAt) / (deadShareLimit - beginsAt);
  const urgentPace = URGENT_PACE / deadShareLimit;
  return LEISURELY_PACE + Math.min(1, urgency) * (urgentPace - LEISURELY_PACE);
}

/** How many bytes to look at after a pause when nothing is owed: nobody may be writing any more. */
export function idlePortionBytes(use: LogUse, deadShareLimit: number): number {
  return deadShare(use) > deadShareLimit ? URGENT_IDLE_PORTION_BYTES : IDLE_PORTION_BYTES;
}
