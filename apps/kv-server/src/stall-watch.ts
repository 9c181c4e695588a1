/**
 * How often progress is looked for within a time-out: whoever stalls is found out at most one look later than the
 * time-out says.
 */
const looksPerTimeout = 4;

/**
 * Notices when a number that should grow has not grown for a while: the bytes that a client has taken.
 *
 * Node's own socket timer does not do for that: it passes over its first time-out whenever the queue has moved since
 * the write, however long ago. Here progress is looked for a few times within the time-out, and a number of
 * looks in a row without any is a stall. So no clock is needed, and a process that was held up blames nobody for it.
 */
export class StallWatch {
  readonly #progress: () => number;
  readonly #onStall: () => void;
  #timer: NodeJS.Timeout | undefined;
  #seen = 0;
  /** Looks in a row that saw no progress. */
  #idleLooks = 0;

  /** `progress` is looked at while it is watched; `onStall` is called once for each time it is watched, at most. */
  constructor(progress: () => number, onStall: () => void) {
    this.#progress = progress;
    this.#onStall = onStall;
  }

  /**
   * Watches from now on, unless it does already. A stall of `timeoutMs` is noticed when it is that old, and not
   * older than 1.25 times as much; with 0 nothing is.
   */
  watch(timeoutMs: number): void {
    if (this.#timer !== undefined || timeoutMs === 0) return;
    this.#seen = this.#progress();
    this.#idleLooks = 0;
    this.#timer = setInterval(() => this.#look(), Math.ceil(timeoutMs / looksPerTimeout));
  }

  /** Watches no more. */
  rest(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const progress = this.#progress();
    this.#idleLooks = progress === this.#seen ? this.#idleLooks + 1 : 0;
    this.#seen = progress;
    if (this.#idleLooks < looksPerTimeout) return;
    this.rest();
    this.#onStall();
  }
}
