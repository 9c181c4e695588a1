/** The pause before the first new start; each further one is twice as long. */
const FIRST_PAUSE_MS = 1_000;

/** No pause is longer. */
const LONGEST_PAUSE_MS = 60_000;

/** A node that ran so long was well: what comes then is its first failure. */
const WELL_AFTER_MS = 5 * 60_000;

/** The configuration cannot be used: `EX_CONFIG` of BSD's sysexits. */
const BAD_CONFIGURATION_CODE = 78;

/** How a node has ended. */
export interface NodeEnd {
  /** `null` when a signal has ended it. */
  readonly code: number | null;
  readonly ranMs: number;
  /** Whether all of it ran. */
  readonly hadStarted: boolean;
}

/** When heart starts a node again, and when it does not: arithmetic only. */
export class HeartPolicy {
  #failures = 0;
  #hasEverStarted = false;

  /**
   * How long to wait before the next start, in milliseconds; `undefined` when the node is to be left alone: it was stopped, or no
   * start would mend it. A node that has not come up once is not tried again: whoever starts it looks at it now.
   */
  pauseAfter({ code, ranMs, hadStarted }: NodeEnd): number | undefined {
    this.#hasEverStarted ||= hadStarted;
    if (code === 0 || code === BAD_CONFIGURATION_CODE || !this.#hasEverStarted) return undefined;
    if (hadStarted && ranMs >= WELL_AFTER_MS) this.#failures = 0;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    return pauseMs;
  }
}
