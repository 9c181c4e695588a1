/** Capacity of a fresh writer: a group of a few dozen small records. */
const INITIAL_CAPACITY_BYTES = 4096;

/**
 * Bytes being laid out one after the other, little-endian, in one buffer that doubles when it is
 * full. Written for the path every mutation takes: nothing is allocated while there is room.
 */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_CAPACITY_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** What was written, as a view: good until the next call. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what lies behind the first `length` bytes, or adds as many unwritten ones. */
  setLength(length: number): void {
    if (length > this.#length) this.#reserve(length - this.#length);
    this.#length = length;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#store32(value);
  }

  /** A whole number from 0 to 2^53 - 1, in eight bytes. */
  u64(value: number): void {
    this.#reserve(8);
    this.#store32(value);
    this.#store32(value / 2 ** 32);
  }

  /** A whole number from -(2^53 - 1) to 2^53 - 1, in eight bytes, two's complement. */
  i64(value: number): void {
    this.#reserve(8);
    this.#store32(value);
    this.#store32(Math.floor(value / 2 ** 32));
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #store32(value: number): void {
    const bytes = this.#bytes;
    bytes[this.#length++] = value;
    bytes[this.#length++] = value >>> 8;
    bytes[this.#length++] = value >>> 16;
    bytes[this.#length++] = value >>> 24;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.view());
    this.#bytes = grown;
  }
}
