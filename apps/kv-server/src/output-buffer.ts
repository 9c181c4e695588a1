const initialBytes = 64 * 1024;

/** A buffer that has grown beyond this is not kept when it has been emptied. */
const keptBytes = 1024 * 1024;

/** A mark, nine digits, CR and LF. */
const longestHeaderBytes = 12;

const zero = 0x30;
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Above these lengths a native copy beats a loop over bytes, or over words (measured, with the view that it needs). */
const loopedBytes = 32;
const wordedBytes = 256;

const wordBytes = 8;

/** Some of what an output buffer holds: the bytes from `start` to before `end`. */
export interface OutputPart {
  readonly start: number;
  readonly end: number;
}

/**
 * Where replies are assembled before they are written: one for all connections of a listener. Each has its turn and fills a
 * part, without a pause between; what is added and asked about is always the last part, until it is ended.
 */
export class OutputBuffer {
  #bytes = Buffer.allocUnsafeSlow(initialBytes);
  /** The same memory: words may begin anywhere in it. */
  #words = new DataView(this.#bytes.buffer);
  #length = 0;
  /** Where the last part begins. */
  #start = 0;

  /** How many bytes the last part has. */
  get length(): number {
    return this.#length - this.#start;
  }

  /** How many bytes all parts have. */
  get heldBytes(): number {
    return this.#length;
  }

  /** Ends the last part, and begins the next one. */
  endPart(): OutputPart {
    const part = { start: this.#start, end: this.#length };
    this.#start = this.#length;
    return part;
  }

  /** Takes the last part back. */
  drop(): void {
    this.#length = this.#start;
  }

  /** Puts a copy of `bytes` at the end. */
  append(bytes: Uint8Array): void {
    const at = this.#length;
    const end = at + bytes.length;
    if (end > this.#bytes.length) this.#grow(end);
    const target = this.#bytes;
    if (bytes.length <= loopedBytes) {
      for (let index = 0; index < bytes.length; index++) target[at + index] = bytes[index] ?? 0;
    } else {
      target.set(bytes, at);
    }
    this.#length = end;
  }

  /** Puts a copy of a part of some memory at the end: a fraction of what a view of it would cost, if it is short. */
  appendPart(memory: DataView, start: number, end: number): void {
    const at = this.#length;
    const length = end - start;
    if (at + length > this.#bytes.length) this.#grow(at + length);
    this.#length = at + length;
    if (length > wordedBytes) {
      this.#bytes.set(new Uint8Array(memory.buffer, memory.byteOffset + start, length), at);
      return;
    }
    const target = this.#words;
    const wordsEnd = length - (length % wordBytes);
    for (let done = 0; done < wordsEnd; done += wordBytes) {
      target.setBigUint64(at + done, memory.getBigUint64(start + done));
    }
    for (let done = wordsEnd; done < length; done++) {
      target.setUint8(at + done, memory.getUint8(start + done));
    }
  }

  /**
   * Puts `mark`, a byte, the decimal form of `value`, a whole number from 0 to 999,999,999, and CR LF at the end: the
   * header of a value. Digit by digit, since a text and its bytes cost more than all the rest of a short reply.
   */
  appendHeader(mark: number, value: number): void {
    const at = this.#length;
    if (at + longestHeaderBytes > this.#bytes.length) this.#grow(at + longestHeaderBytes);
    const target = this.#bytes;
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits++;
    const end = at + 1 + digits;
    target[at] = mark;
    let rest = value;
    for (let index = end - 1; index > at; index--) {
      const quotient = Math.floor(rest / 10);
      target[index] = zero + rest - quotient * 10;
      rest = quotient;
    }
    target[end] = carriageReturn;
    target[end + 1] = lineFeed;
    this.#length = end + 2;
  }

  /** A part, by default the last, not copied: good until the next change. */
  view({ start, end }: OutputPart = this.#lastPart): Uint8Array {
    return this.#bytes.subarray(start, end);
  }

  /** A part, by default the last, in memory of its own and no more of it than needed. */
  copy(part: OutputPart = this.#lastPart): Uint8Array {
    return Buffer.from(this.view(part));
  }

  /** Empties it; its memory will be written to again. */
  clear(): void {
    this.#length = 0;
    this.#start = 0;
    if (this.#bytes.length > keptBytes) this.giveAway();
  }

  /** Empties it and leaves its memory to whoever holds a view of it. */
  giveAway(): void {
    this.#take(Buffer.allocUnsafeSlow(initialBytes));
    this.#length = 0;
    this.#start = 0;
  }

  get #lastPart(): OutputPart {
    return { start: this.#start, end: this.#length };
  }

  #grow(neededBytes: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(neededBytes, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#take(grown);
  }

  #take(bytes: Buffer<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#words = new DataView(bytes.buffer);
  }
}
