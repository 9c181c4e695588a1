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
 * The less of a log lives, the less there is to write again: so a small store may have so many dead bytes as come to a few
 * segments before any of it is looked at, whatever share of the log that is.
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

/** How much of the log may be dead. */
export interface DeadLimits {
  /** The share of the log, above 0; at 1 there is no limit. */
  readonly deadShareLimit: number;
  /** So many bytes may be dead, whatever the share. */
  readonly deadFloorBytes: number;
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

/** The share of such a log that may be dead. */
export function shareLimit({ liveBytes }: LogUse, limits: DeadLimits): number {
  const { deadShareLimit, deadFloorBytes } = limits;
  if (deadFloorBytes === 0) return deadShareLimit;
  return Math.max(deadShareLimit, deadFloorBytes / (liveBytes + deadFloorBytes));
}

/** Whether the oldest segment should go. */
export function isDue(use: LogUse, limits: DeadLimits): boolean {
  if (limits.deadShareLimit === 1 || use.closedSegments === 0) return false;
  return deadShare(use) > shareLimit(use, limits) * HEADROOM;
}

/** How many bytes of the oldest segments are to be looked at for each byte that callers write. */
export function pace(use: LogUse, limits: DeadLimits): number {
  if (!isDue(use, limits)) return 0;
  const limit = shareLimit(use, limits);
  const beginsAt = limit * HEADROOM;
  const urgency = (deadShare(use) - beginsAt) / (limit - beginsAt);
  const urgentPace = URGENT_PACE / limit;
  return LEISURELY_PACE + Math.min(1, urgency) * (urgentPace - LEISURELY_PACE);
}

/** How many bytes to look at after a pause when nothing is owed: nobody may be writing any more. */
export function idlePortionBytes(use: LogUse, limits: DeadLimits): number {
  const isTooMuch = deadShare(use) > shareLimit(use, limits);
  return isTooMuch ? URGENT_IDLE_PORTION_BYTES : IDLE_PORTION_BYTES;
}
