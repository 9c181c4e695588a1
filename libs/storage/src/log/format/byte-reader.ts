/**
 * Takes apart what `ByteWriter` laid out. Every read answers `undefined` instead of reaching past
 * the end, so that a decoder of bytes nobody vouches for needs no arithmetic of its own.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
  }

  /** Where the next read begins. */
  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  u8(): number | undefined {
    const at = this.#take(1);
    return at === undefined ? undefined : this.#view.getUint8(at);
  }

  u32(): number | undefined {
    const at = this.#take(4);
    return at === undefined ? undefined : this.#view.getUint32(at, true);
  }

  /** Answers `undefined` too when the number is not below 2^53: no writer of ours made it. */
  u64(): number | undefined {
    const at = this.#take(8);
    return at === undefined ? undefined : this.#join(at, this.#view.getUint32(at + 4, true));
  }

  /** Answers `undefined` too when the number is not between -(2^53) and 2^53. */
  i64(): number | undefined {
    const at = this.#take(8);
    return at === undefined ? undefined : this.#join(at, this.#view.getInt32(at + 4, true));
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Uint8Array | undefined {
    const at = this.#take(length);
    return at === undefined ? undefined : this.#bytes.subarray(at, at + length);
  }

  #join(at: number, high: number): number | undefined {
    const value = high * 2 ** 32 + this.#view.getUint32(at, true);
    return Number.isSafeInteger(value) ? value : undefined;
  }

  #take(length: number): number | undefined {
    const at = this.#offset;
    if (length > this.#bytes.length - at) return undefined;
    this.#offset = at + length;
    return at;
  }
}
