import { setTimeout as sleepFor } from "node:timers/promises";

/** Time as this package sees it. Passed in, so that a test decides how it passes. */
export interface Time {
  /** Milliseconds since some fixed moment; never goes back. */
  nowMs(): number;
  /** Resolves when `ms` milliseconds have passed, or as soon as `signal` is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own time. */
export const systemTime: Time = {
  nowMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  sleep: async (ms, signal) => {
    await sleepFor(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};

/** The time of day, in milliseconds since 1970: what people are shown. It may be set, also back. */
export function unixTimeMs(): number {
  // tidy-allow: the one clock of the machine that programs are given
  return Date.now();
}

/**
 * Waits for `work`, but no longer than `ms`: `"late"` when the time was up first. `work` goes on
 * then; whether it fails later is nobody's business any more. A failure in time is thrown.
 */
export async function within<Value>(
  work: Promise<Value>,
  ms: number,
  time: Time,
): Promise<Value | "late"> {
  const enough = new AbortController();
  try {
    return await Promise.race([work, time.sleep(ms, enough.signal).then(() => "late" as const)]);
  } finally {
    enough.abort();
  }
}
