import { storeBytes, storeU32 } from "./store-bytes.ts";

/**
 * Lays bytes out one after the other, little-endian. Without a target it only counts them: what has to be sent is walked
 * through twice by the same code, first to learn its length and then to write it where it goes out, so that the two
 * cannot differ and nothing is allocated between.
 *
 * Whoever gives a target sees to it that it has room: bytes behind its end are lost.
 */
export class WireWriter {
  readonly #target: Uint8Array | undefined;
  #at: number;

  constructor(target?: Uint8Array, at = 0) {
    this.#target = target;
    this.#at = at;
  }

  /** Where the next byte goes; without a target how many bytes there have been. */
  get at(): number {
    return this.#at;
  }

  u8(value: number): void {
    const at = this.#at;
    this.#at = at + 1;
    if (this.#target !== undefined) this.#target[at] = value;
  }

  u16(value: number): void {
    this.u8(value);
    this.u8(value >>> 8);
  }

  u32(value: number): void {
    const at = this.#at;
    this.#at = at + 4;
    if (this.#target !== undefined) storeU32(this.#target, at, value);
  }

  /** A whole number from -(2^53 - 1) to 2^53 - 1, in eight bytes, two's complement. Throws a `RangeError` for any other. */
  i64(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError(`Cannot send ${value} to a node`);
    const low = value >>> 0;
    this.u32(low);
    this.u32((value - low) / 2 ** 32);
  }

  flag(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  bytes(value: Uint8Array): void {
    const at = this.#at;
    this.#at = at + value.length;
    if (this.#target !== undefined) storeBytes(this.#target, at, value);
  }

  /** At most 255 bytes, their number before them in a byte. */
  shortBlock(value: Uint8Array): void {
    this.u8(value.length);
    this.bytes(value);
  }

  /** Bytes with their number before them in four. */
  block(value: Uint8Array): void {
    this.u32(value.length);
    this.bytes(value);
  }

  /** A block of UTF-8; what is no Unicode in `value` arrives as U+FFFD. */
  text(value: string): void {
    this.block(Buffer.from(value));
  }
}
