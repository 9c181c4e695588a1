import { type Refusal, refuse, replyItemBytes } from "../reply.ts";

/** What a reply that lists may still weigh. It is judged before values are read from the disk. */
export class ReplyBudget {
  readonly #limitBytes: number;
  readonly #wayOut: string;
  #bytes = 0;

  /** `wayOut` says what to do instead of asking for more than `limitBytes`. */
  constructor(limitBytes: number, wayOut: string) {
    this.#limitBytes = limitBytes;
    this.#wayOut = wayOut;
  }

  /** Counts a part of so many bytes. Returns whether there is room for it. */
  take(bytes: number): boolean {
    this.#bytes += bytes + replyItemBytes;
    return !this.isSpent;
  }

  /** Whether more was taken than there was room for. */
  get isSpent(): boolean {
    return this.#bytes > this.#limitBytes;
  }

  /** What the client is told instead. */
  refusal(): Refusal {
    return refuse(
      `the reply would be longer than the limit of ${this.#limitBytes} bytes; ${this.#wayOut}`,
    );
  }
}
