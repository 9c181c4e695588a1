import { WordsMemo } from "../words-memo.ts";
import { KIND } from "./outcome-kind.ts";

/** In front of a value: its kind, a revision that is a number, no expiry, its length. */
const VALUE_HEAD_BYTES = 1 + 9 + 1 + 4;

/** All of what was stored: its kind, a revision that is a number, how many keys were added. */
const STORED_BYTES = 1 + 9 + 8;

const NUMBER = 1;

/** The upper half of a whole number up to 2^53 is below this. */
const UPPER_LIMIT = 2 ** 21;

/**
 * Reads what most answers are into offsets: a value that never expires, or what came of a put. One object for all answers. Every
 * other answer, also what is none, is `decodeResponse`'s.
 */
export class PlainAnswer {
  isStored = false;
  /** Of a put, 0 or 1. */
  added = 0;
  /** Of a get, the memory that the value lies in, from `start` to before `end`. */
  words: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  end = 0;
  readonly #memo = new WordsMemo();

  /** Whether what stands in `bytes` from `start` to before `end` is one whole such answer; if not, nothing here means anything. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length < VALUE_HEAD_BYTES || bytes[start + 1] !== NUMBER) return false;
    const words = this.#memo.of(bytes);
    const at = bytes.byteOffset + start;
    if (words.getUint32(at + 6, true) >= UPPER_LIMIT) return false;
    this.isStored = bytes[start] === KIND.stored;
    if (this.isStored) {
      this.added = words.getUint32(at + 10, true);
      return length === STORED_BYTES && this.added <= 1 && words.getUint32(at + 14, true) === 0;
    }
    if (bytes[start] !== KIND.value || bytes[start + 10] !== 0) return false;
    this.words = words;
    this.start = at + VALUE_HEAD_BYTES;
    this.end = at + length;
    return words.getUint32(at + 11, true) === length - VALUE_HEAD_BYTES;
  }
}
