/** How long one event of a kind silences the next ones, in milliseconds. */
const silenceMs = 1000;

interface Silence {
  readonly untilMs: number;
  suppressed: number;
}

/** So many events of this kind were held back. */
export interface Suppressed {
  readonly kind: string;
  readonly count: number;
}

/**
 * Lets one event of each kind through per second and counts the others. Pure: it is told what time it is, and
 * asked for the counts by whoever has a timer.
 */
export class RateLimitedLog {
  readonly #clock: () => number;
  readonly #silences = new Map<string, Silence>();

  /** `clock` tells milliseconds and never goes back. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Whether this event goes through; one that does not is counted. There should be a bounded number of kinds, and
   * the counts of {@link RateLimitedLog.takeEnded} should be taken first.
   */
  admit(kind: string): boolean {
    const nowMs = this.#clock();
    const silence = this.#silences.get(kind);
    if (silence !== undefined && nowMs < silence.untilMs) {
      silence.suppressed++;
      return false;
    }
    this.#silences.set(kind, { untilMs: nowMs + silenceMs, suppressed: 0 });
    return true;
  }

  /** In how many milliseconds the next silence is over in which something was held back; `undefined` if none is. */
  get dueInMs(): number | undefined {
    const ends = this.#silences
      .values()
      .filter(({ suppressed }) => suppressed > 0)
      .map(({ untilMs }) => untilMs)
      .toArray();
    return ends.length === 0 ? undefined : Math.max(0, Math.min(...ends) - this.#clock());
  }

  /** What was held back in silences that are over; forgets it. */
  takeEnded(): readonly Suppressed[] {
    return this.#take((silence) => silence.untilMs <= this.#clock());
  }

  /** What was held back in any silence; forgets it. */
  takeAll(): readonly Suppressed[] {
    return this.#take(() => true);
  }

  #take(isTaken: (silence: Silence) => boolean): readonly Suppressed[] {
    const taken: Suppressed[] = [];
    for (const [kind, silence] of this.#silences) {
      if (!isTaken(silence)) continue;
      if (silence.suppressed > 0) taken.push({ kind, count: silence.suppressed });
      silence.suppressed = 0;
    }
    return taken;
  }
}
