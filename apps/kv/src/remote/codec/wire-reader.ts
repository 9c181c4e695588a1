const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const NOTHING = new Uint8Array();

/**
 * Takes apart what a `WireWriter` laid out, when nobody vouches for the bytes. The first read that finds something else, or
 * reaches past the end, makes the reader *bad*: that read and all further ones give 0, nothing or the empty text. So a
 * decoder reads to its end without looking, and asks {@link WireReader.isWhole} once, before anybody sees what it read; a
 * loop over an announced number of parts asks {@link WireReader.isBad} as it goes.
 */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #isBad = false;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get isBad(): boolean {
    return this.#isBad;
  }

  /** Whether everything was as it should be and has been read. */
  get isWhole(): boolean {
    return !this.#isBad && this.#at === this.#bytes.length;
  }

  /** For what can be read and must not be there. */
  refuse(): void {
    this.#isBad = true;
  }

  /** Passes over the next bytes if they are those of `expected`, and says whether they are. */
  skip(expected: Uint8Array): boolean {
    const at = this.#at;
    const { length } = expected;
    for (let index = 0; index < length; index++) {
      if (this.#bytes[at + index] !== expected[index]) return false;
    }
    this.#at = at + length;
    return true;
  }

  u8(): number {
    const at = this.#take(1);
    return at < 0 ? 0 : this.#bytes[at]!;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    const at = this.#take(4);
    if (at < 0) return 0;
    const bytes = this.#bytes;
    return (
      (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
    );
  }

  /** A whole number from -(2^53 - 1) to 2^53 - 1. */
  i64(): number {
    const low = this.u32();
    const value = (this.u32() | 0) * 2 ** 32 + low;
    if (Number.isSafeInteger(value)) return value;
    this.#isBad = true;
    return 0;
  }

  /** A whole number from 0 to 2^53 - 1, in eight bytes. */
  count(): number {
    const value = this.i64();
    if (value < 0) this.#isBad = true;
    return value;
  }

  flag(): boolean {
    const value = this.u8();
    if (value > 1) this.#isBad = true;
    return value === 1;
  }

  /** A view of the next `length` bytes. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return at < 0 ? NOTHING : this.#bytes.subarray(at, at + length);
  }

  /** A view. */
  shortBlock(): Uint8Array {
    return this.bytes(this.u8());
  }

  /** A view. */
  block(): Uint8Array {
    return this.bytes(this.u32());
  }

  /** A copy, which is the caller's but for its `buffer`: other copies lie there. */
  copiedBlock(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    if (at < 0) return NOTHING;
    const copy = Buffer.allocUnsafe(length);
    copy.set(this.#bytes.subarray(at, at + length));
    return copy;
  }

  text(): string {
    const bytes = this.block();
    try {
      return decoder.decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#isBad = true;
      return "";
    }
  }

  /** Where the next `length` bytes begin; -1 when they are not there. */
  #take(length: number): number {
    const at = this.#at;
    if (this.#isBad || length > this.#bytes.length - at) {
      this.#isBad = true;
      return -1;
    }
    this.#at = at + length;
    return at;
  }
}
