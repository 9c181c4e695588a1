/** One call that was read and has to wait. */
export interface DeferredCall {
  readonly id: number;
  readonly payload: Uint8Array;
  /** What was left of its time when it was read, and when that was. */
  readonly remainingMs: number;
  readonly readMs: number;
}

/**
 * Calls of the other node that are read and not served yet, since it does not take the answers to earlier ones. They are set
 * aside, rather than left unread, because behind them lie the answers to our own calls: two nodes that ask each other for
 * more than fits between them would wait for each other.
 */
export class DeferredCalls {
  #calls: DeferredCall[] = [];
  #next = 0;
  #bytes = 0;

  /** How many bytes their payloads have. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#next === this.#calls.length;
  }

  /** Sets a call aside. Its payload is to be memory of its own. */
  add(call: DeferredCall): void {
    this.#calls.push(call);
    this.#bytes += call.payload.length;
  }

  /** Takes the call that has waited longest. */
  take(): DeferredCall | undefined {
    const call = this.#calls[this.#next];
    if (call === undefined) return undefined;
    this.#next++;
    this.#bytes -= call.payload.length;
    if (this.isEmpty) this.clear();
    return call;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#calls = [];
    this.#next = 0;
    this.#bytes = 0;
  }
}
