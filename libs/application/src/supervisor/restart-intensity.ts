/**
 * How often a supervisor restarts before it concludes that restarting does not help.
 *
 * The rule is OTP's: a restart counts for `periodMs` after it was made, the last millisecond included;
 * when more than `maxRestarts` count at one time, the supervisor gives up and fails upward.
 *
 * Source: `add_restart/2` and `in_period/3` in OTP's lib/stdlib/src/supervisor.erl.
 */
export interface RestartIntensity {
  /** Restarts tolerated within one period; with 0 the first one needed is one too many. */
  readonly maxRestarts: number;
  /** Length of the sliding window, in milliseconds. */
  readonly periodMs: number;
}

/** Elixir's default: 3 restarts in 5 seconds. */
export const defaultIntensity: RestartIntensity = { maxRestarts: 3, periodMs: 5_000 };

/** Whether one more restart may be made, and the restarts that count from now on, oldest first. */
export interface RestartVerdict {
  readonly type: "restart" | "give-up";
  readonly history: readonly number[];
}

/**
 * Judges one more restart at `nowMs`. Pure: the caller keeps the history between calls and reads the clock.
 *
 * @param history The `history` of the verdict before, empty at first; milliseconds of a clock that never goes back.
 */
export function judgeRestart(
  history: readonly number[],
  nowMs: number,
  { maxRestarts, periodMs }: RestartIntensity,
): RestartVerdict {
  const counting = [...history.filter((thenMs) => nowMs - thenMs <= periodMs), nowMs];
  return { type: counting.length > maxRestarts ? "give-up" : "restart", history: counting };
}
