import { copyPart } from "@kv/kv";

/** So much memory is taken at once, for about a thousand short values. */
const shelfBytes = 64 * 1024;

/** A longer value has memory of its own, so that little is kept for it beside it. */
const sharedLimitBytes = 4096;

/** Where a value stands that waits to go out. */
export interface ShelvedValue {
  readonly bytes: Uint8Array;
  /** The same memory. */
  readonly words: DataView;
  readonly start: number;
  readonly end: number;
}

/** Copies of values that wait for the replies before them: many in one piece of memory, which goes when all of them have gone. */
export class ValueShelf {
  #bytes = new Uint8Array();
  #words = new DataView(this.#bytes.buffer);
  #at = 0;

  /** Copies the bytes of `words` from `start` to before `end`. */
  put(words: DataView, start: number, end: number): ShelvedValue {
    const length = end - start;
    if (length > sharedLimitBytes) {
      const bytes = new Uint8Array(length);
      const own = new DataView(bytes.buffer);
      copyPart(words, start, end, own, 0);
      return { bytes, words: own, start: 0, end: length };
    }
    if (this.#at + length > this.#words.byteLength) this.#renew();
    const at = this.#at;
    copyPart(words, start, end, this.#words, at);
    this.#at = at + length;
    return { bytes: this.#bytes, words: this.#words, start: at, end: at + length };
  }

  #renew(): void {
    this.#bytes = new Uint8Array(shelfBytes);
    this.#words = new DataView(this.#bytes.buffer);
    this.#at = 0;
  }
}
