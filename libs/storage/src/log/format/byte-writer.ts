import { copyPart } from "../../copy-part.ts";
import { storeI64, storeU32 } from "./little-endian.ts";

/** Capacity of a fresh writer: a group of a few dozen small records. */
const INITIAL_CAPACITY_BYTES = 4096;

/**
 * Bytes being laid out one after the other, little-endian, in one buffer that doubles when it is
 * full. Written for the path every mutation takes: nothing is allocated while there is room.
 */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_CAPACITY_BYTES);
  #words = new DataView(this.#bytes.buffer);
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

  /**
   * Makes room for `count` bytes and returns where they begin in {@link buffer}. The caller stores
   * every one of them: they hold whatever was there before.
   */
  claim(count: number): number {
    this.#reserve(count);
    const at = this.#length;
    this.#length = at + count;
    return at;
  }

  /** What {@link claim} made room in: good until the next call. */
  get buffer(): Uint8Array {
    return this.#bytes;
  }

  /** The same memory as {@link buffer}, for words that lie anywhere: one store each. */
  get words(): DataView {
    return this.#words;
  }

  u8(value: number): void {
    const at = this.claim(1);
    this.#bytes[at] = value;
  }

  u32(value: number): void {
    const at = this.claim(4);
    storeU32(this.#bytes, at, value);
  }

  /** A whole number from 0 to 2^53 - 1, in eight bytes. */
  u64(value: number): void {
    this.i64(value);
  }

  /** A whole number from -(2^53 - 1) to 2^53 - 1, in eight bytes, two's complement. */
  i64(value: number): void {
    const at = this.claim(8);
    storeI64(this.#bytes, at, value);
  }

  bytes(value: Uint8Array): void {
    const at = this.claim(value.length);
    this.#bytes.set(value, at);
  }

  /** The bytes of `source` from `start` to before `end`: a short part costs a fraction of what a view of it would. */
  part(source: DataView, start: number, end: number): void {
    const at = this.claim(end - start);
    copyPart(source, start, end, this.#words, at);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.view());
    this.#bytes = grown;
    this.#words = new DataView(grown.buffer);
  }
}
