/** What is counted of a log, in bytes since it was opened. */
export interface LogSums {
  /** The segment that is being written. */
  readonly segment: number;
  /** What compaction has written: copies, and every header and record that came of them. */
  readonly ownBytes: number;
  /** What callers have written. */
  readonly writtenBytes: number;
  /** The log's length. */
  readonly totalBytes: number;
}

/** A round has freed little when it has freed less than this share of what would be just worth it. */
const LITTLE = 0.25;

/**
 * Ends what could go on for ever: where segments are tiny, or there is next to nothing in the log,
 * headers alone are more than may be dead, and compaction makes new ones for those it removes. After
 * a whole round through the log that has given back little, on balance, there is a rest until
 * callers have written a good part of the log anew. A round may be interrupted: what counts is that
 * every segment came by.
 */
export class CompactionRounds {
  readonly #deadShareLimit: number;
  #last: number | undefined;
  #lookedAtBytes = 0;
  #ownBytesBefore = 0;
  #restsUntilBytes = 0;

  constructor(deadShareLimit: number) {
    this.#deadShareLimit = deadShareLimit;
  }

  /** Whether another round would free nothing, as far as one can tell. */
  isResting({ writtenBytes }: Pick<LogSums, "writtenBytes">): boolean {
    return writtenBytes < this.#restsUntilBytes;
  }

  /** A segment is about to be emptied. */
  begin({ segment, ownBytes }: LogSums): void {
    if (this.#last !== undefined) return;
    this.#last = segment;
    this.#lookedAtBytes = 0;
    this.#ownBytesBefore = ownBytes;
  }

  /** The oldest segment was emptied; it had so many bytes. */
  note(segment: number, bytes: number, sums: LogSums): void {
    this.#lookedAtBytes += bytes;
    if (this.#last === undefined || segment + 1 < this.#last) return;
    this.#last = undefined;
    const freed = this.#lookedAtBytes - (sums.ownBytes - this.#ownBytesBefore);
    if (freed >= LITTLE * this.#deadShareLimit * this.#lookedAtBytes) return;
    this.#restsUntilBytes = sums.writtenBytes + (this.#deadShareLimit * sums.totalBytes) / 2;
  }
}
