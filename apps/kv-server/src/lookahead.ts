import type { Kv } from "@kv/kv";
import { PlainRequest } from "./plain-request.ts";
import type { Decoder } from "./protocol.ts";

/** Requests taken at once: as many as a pipeline usually has. */
const requestsAtOnce = 16;

/**
 * Filled by one connection after the other: each carries out what it has taken, or copies it, before the next one's turn.
 */
const TAKEN = Array.from({ length: requestsAtOnce }, () => new PlainRequest());

/**
 * Takes plain requests from a decoder some at a time: so the store can be told of their keys together, and what it has to
 * wait for in a large memory it waits for once instead of once for each (`Kv.foresee`).
 *
 * Whatever else a client asks stays with the decoder: how the next request is read may depend on it.
 */
export class Lookahead {
  readonly #decoder: Decoder;
  readonly #kv: Pick<Kv, "foresee">;
  /** What was taken and not asked for yet, from `#next` to `#count`. */
  #taken: readonly PlainRequest[] = TAKEN;
  #next = 0;
  #count = 0;

  constructor(decoder: Decoder, kv: Pick<Kv, "foresee">) {
    this.#decoder = decoder;
    this.#kv = kv;
  }

  /**
   * The next request if it is a plain one, good until the next call; `undefined` when it is not, and the decoder's `next`
   * has it.
   */
  next(): PlainRequest | undefined {
    if (this.#next === this.#count) this.#take();
    return this.#next === this.#count ? undefined : this.#taken[this.#next++];
  }

  /**
   * Copies whatever is left of the lent bytes, taken or not, so that their memory can be used again. Returns how many
   * bytes of input wait, about.
   */
  keep(): number {
    if (this.#next < this.#count && this.#taken === TAKEN) {
      this.#taken = TAKEN.slice(this.#next, this.#count).map((request) => request.copy());
      this.#count -= this.#next;
      this.#next = 0;
    }
    let waitingBytes = this.#decoder.keep();
    for (let place = this.#next; place < this.#count; place++) {
      waitingBytes += this.#taken[place]?.byteLength ?? 0;
    }
    return waitingBytes;
  }

  #take(): void {
    const decoder = this.#decoder;
    let count = 0;
    for (const request of TAKEN) {
      if (!decoder.nextPlain(request)) break;
      count++;
    }
    this.#taken = TAKEN;
    this.#next = 0;
    this.#count = count;
    if (count > 1) this.#kv.foresee(TAKEN, count);
  }
}
