/**
 * No more is owed, however long compaction could do nothing: callers who wait for it to be paid wait
 * for some hundred milliseconds then, not for minutes.
 */
const MOST_OWED_BYTES = 64 * 2 ** 20;

/** What compaction should have looked at by now, for what callers have written, and has not yet: in bytes of the log. */
export class CompactionDebt {
  #owedBytes = 0;
  #writtenBytes = 0;
  #lookedAtBytes = 0;

  /** Nothing is owed for what was written before. */
  begin(writtenBytes: number, lookedAtBytes: number): void {
    this.#owedBytes = 0;
    this.#writtenBytes = writtenBytes;
    this.#lookedAtBytes = lookedAtBytes;
  }

  /**
   * What is owed when callers have written `writtenBytes` and compaction has looked at `lookedAtBytes`,
   * both in all: `pace` bytes for each one written since this was called the last time.
   */
  settle(writtenBytes: number, lookedAtBytes: number, pace: number): number {
    const added = pace * (writtenBytes - this.#writtenBytes);
    const paid = lookedAtBytes - this.#lookedAtBytes;
    this.#owedBytes = Math.min(MOST_OWED_BYTES, Math.max(0, this.#owedBytes + added - paid));
    this.#writtenBytes = writtenBytes;
    this.#lookedAtBytes = lookedAtBytes;
    return this.#owedBytes;
  }
}
