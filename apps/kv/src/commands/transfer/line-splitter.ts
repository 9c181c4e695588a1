/**
 * Longest line of an export, in bytes: less than what a text can have, and more than the largest value there is by default,
 * 64 MiB, in base64 and with a key beside it.
 */
export const exportLineLimitBytes = 128 * 1024 * 1024;

/** Longest value of an export, in bytes: a line has room for it in base64, and for the longest key beside it. */
export const exportValueLimitBytes = 90 * 1024 * 1024;

const lineFeed = 0x0a;

/** Cuts bytes into lines, however the bytes were cut before. */
export class LineSplitter {
  #kept: Uint8Array[] = [];
  #keptBytes = 0;

  /** Bytes of the line that has begun and has no end yet. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /**
   * The lines that `bytes` complete, with their line feeds. Throws a `RangeError` when one is longer than
   * {@link exportLineLimitBytes}. They are views of `bytes` where they can be.
   */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, from)) {
      yield this.#complete(bytes.subarray(from, at + 1));
      from = at + 1;
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from));
  }

  /** What is left behind the last line feed. */
  rest(): Uint8Array {
    return Buffer.concat(this.#kept);
  }

  #complete(end: Uint8Array): Uint8Array {
    if (this.#keptBytes === 0) return end;
    this.#keep(end);
    const line = Buffer.concat(this.#kept);
    this.#kept = [];
    this.#keptBytes = 0;
    return line;
  }

  #keep(bytes: Uint8Array): void {
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    if (this.#keptBytes > exportLineLimitBytes) {
      throw new RangeError(`a line has more than ${exportLineLimitBytes} bytes`);
    }
  }
}
