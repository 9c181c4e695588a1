import { type Piece, wordsOf } from "./piece.ts";

/** Above this many bytes without a line feed a native search beats a loop. */
const loopedBytes = 64;

const LINE_FEED = 0x0a;

/**
 * The bytes of a connection that have not been used up: lent ones are read in place, and only what is left of
 * them at the end is copied.
 *
 * No byte is searched twice for a line feed, and none is copied more than a constant number of times however
 * many pieces a line comes in: memory of our own doubles when it is full, and what is left moves to its front
 * only when that makes room.
 */
export class Input {
  /** The bytes at hand are those before `end`: offsets below are into this array. */
  bytes: Uint8Array = EMPTY;
  /** The same memory, offset for offset. */
  words: DataView = NO_WORDS;
  /** Where the bytes at hand end. */
  end = 0;
  /** Where the current request begins: nothing before it is needed any more. */
  start = 0;
  /** Up to here there is no line feed since `start`. */
  #searched = 0;
  /** Memory of our own that `bytes` is a view of; `undefined` while `bytes` is lent. */
  #own: Uint8Array | undefined;

  /** Adds lent bytes; they are read in place when nothing is left over from before. */
  lend(piece: Piece): void {
    if (this.start < this.end) {
      this.#append(
        piece.end === piece.bytes.length ? piece.bytes : piece.bytes.subarray(0, piece.end),
      );
      return;
    }
    this.#own = undefined;
    this.bytes = piece.bytes;
    this.words = piece.words;
    this.end = piece.end;
    this.start = 0;
    this.#searched = 0;
  }

  /** The offset of the line feed that ends the line that begins at `start`, or -1 when it is not there yet. */
  findLineEnd(): number {
    const { bytes, end } = this;
    const loopEnd = Math.min(end, this.#searched + loopedBytes);
    let at = this.#searched;
    while (at < loopEnd && bytes[at] !== LINE_FEED) at++;
    if (at === loopEnd) at = loopEnd === end ? -1 : this.#searchFrom(loopEnd);
    if (at === -1) this.#searched = end;
    return at;
  }

  /** Uses up everything before `offset`: the next request begins there. */
  advance(offset: number): void {
    this.start = offset;
    this.#searched = offset;
  }

  /** Copies what is left of lent bytes, and gives back memory that is no longer needed. Returns how much is left. */
  keep(): number {
    const left = this.end - this.start;
    if (left === 0) {
      this.#own = undefined;
      this.bytes = EMPTY;
      this.words = NO_WORDS;
      this.end = 0;
      this.advance(0);
    } else if (this.#own === undefined || this.#own.length > 4 * left) {
      this.#moveTo(new Uint8Array(left));
    }
    return left;
  }

  #append(bytes: Uint8Array): void {
    const left = this.end - this.start;
    const needed = left + bytes.length;
    if (this.#own === undefined || this.#own.length < needed) {
      this.#moveTo(Buffer.allocUnsafeSlow(Math.max(needed, 2 * left)));
    } else if (this.#own.length < this.end + bytes.length) {
      this.#moveTo(this.#own);
    }
    const own = this.#own ?? EMPTY;
    const end = this.end;
    own.set(bytes, end);
    this.end = end + bytes.length;
  }

  /** Behind the end there may be anything, and much of it. */
  #searchFrom(offset: number): number {
    const found = this.bytes.subarray(offset, this.end).indexOf(LINE_FEED);
    return found === -1 ? -1 : offset + found;
  }

  /** Moves what is left to the front of `target`, which becomes our own memory. */
  #moveTo(target: Uint8Array): void {
    const left = this.end - this.start;
    target.set(this.bytes.subarray(this.start, this.end));
    this.#searched -= this.start;
    this.start = 0;
    this.end = left;
    if (target === this.#own) return;
    this.#own = target;
    this.bytes = target;
    this.words = wordsOf(target);
  }
}

const EMPTY = new Uint8Array(0);
const NO_WORDS = wordsOf(EMPTY);
