/** How long one event of a kind silences the next ones, in milliseconds. */
const periodMs = 1000;

interface Silence {
  readonly untilMs: number;
  suppressed: number;
}

/**
 * Lets one event of each kind through per second and counts the others. Pure: it is told what time it is.
 */
export class RateLimitedLog {
  readonly #clock: () => number;
  readonly #silences = new Map<string, Silence>();

  /** `clock` tells milliseconds and never goes back. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * How many events of this `kind` were held back since the last that went through; `undefined` when this
   * one is to be held back too. There should be a bounded number of kinds.
   */
  admit(kind: string): number | undefined {
    const nowMs = this.#clock();
    const silence = this.#silences.get(kind);
    if (silence !== undefined && nowMs < silence.untilMs) {
      silence.suppressed++;
      return undefined;
    }
    this.#silences.set(kind, { untilMs: nowMs + periodMs, suppressed: 0 });
    return silence?.suppressed ?? 0;
  }
}
