import { copyPart } from "../copy-part.ts";
import type { ValueSink } from "../plain-operations.ts";
import { CopySlab } from "./copy-slab.ts";

/** Records begin at multiples of this; positions count it. */
export const UNIT_BYTES = 8;

/** Made when first written to, so that a cache that is not used takes nothing; as large as the pieces of a `BlockArena`. */
const PAGE_BYTES = 4 * 2 ** 20;
/** Of a position: what is above is the page, what is below the place in it. */
const PAGE_SHIFT = 19;
const PAGE_UNITS = PAGE_BYTES / UNIT_BYTES;
const UNIT_MASK = PAGE_UNITS - 1;

/** Up to so many, word by word is faster than what has to be made for a copy of bytes. */
const FEW_UNITS = 32;

/** Units of a line of memory, which a processor fetches as a whole. */
const LINE_UNITS = 8;

/** Of the first word of a record: it was used since it came, or was last renewed. */
const USED = 0x80000000;

/** How many units a record with a value of so many bytes takes. */
export function unitsFor(valueBytes: number): number {
  return 1 + ((valueBytes + UNIT_BYTES - 1) >>> 3);
}

/** A part of the ring, seen as bytes and as words. */
interface Page {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly view: DataView;
}

/**
 * Records in the order in which they were pushed, in a circle of memory outside the JavaScript heap:
 * the room of the oldest one is what the next one takes. A record may cross the end of a page, also
 * that of the circle.
 * ```text
 * entry u31 (0: dropped), used u1 | valueBytes u32 | value | zero to seven bytes of anything
 * ```
 * Numbers are in the order of the machine: no one else sees them.
 */
export class ValueRing {
  readonly #units: number;
  readonly #pages: (Page | undefined)[];
  /** The words of each page once more, for who looks at many. */
  readonly #words: (Uint32Array | undefined)[];
  readonly #slab = new CopySlab();
  #memoryBytes = 0;
  #oldest = 0;
  #next = 0;
  #freeUnits: number;

  constructor(units: number) {
    this.#units = units;
    this.#freeUnits = units;
    this.#pages = Array.from({ length: Math.ceil(units / PAGE_UNITS) });
    this.#words = Array.from({ length: this.#pages.length });
  }

  /** What the pages made so far take. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** How much can be pushed before the oldest record has to go. */
  get freeUnits(): number {
    return this.#freeUnits;
  }

  /** The position of the oldest record, if there is any. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The entry of a record, 0 when it was dropped. */
  entryAt(position: number): number {
    return this.#pageAt(position).words[(position & UNIT_MASK) << 1]! & ~USED;
  }

  /**
   * Reads a word at the front of each of the first `count` of `positions` and one a line of memory on, so that both are near
   * when they are asked for. Returns a sum of what was read, so that no compiler leaves the reading out.
   */
  touch(positions: Uint32Array, count: number): number {
    const pages = this.#words;
    const last = this.#units - LINE_UNITS;
    let read = 0;
    for (let index = 0; index < count; index++) {
      const position = positions[index]!;
      const words = pages[position >>> PAGE_SHIFT]!;
      const next = position < last ? position + LINE_UNITS : position;
      const front = words[(position & UNIT_MASK) << 1]!;
      read = (read + (front ^ words[(next & UNIT_MASK) << 1]!)) | 0;
    }
    return read;
  }

  isUsed(position: number): boolean {
    return this.#pageAt(position).words[(position & UNIT_MASK) << 1]! >= USED;
  }

  valueBytesAt(position: number): number {
    return this.#pageAt(position).words[((position & UNIT_MASK) << 1) | 1]!;
  }

  /** Appends a record, for which there is room, and returns its position. The value is that part of `source`. */
  push(entry: number, source: DataView, start: number, end: number): number {
    const position = this.#next;
    const { words } = this.#pageAt(position);
    words[(position & UNIT_MASK) << 1] = entry;
    this.replace(position, source, start, end);
    const units = unitsFor(end - start);
    this.#next = this.#after(position, units);
    this.#freeUnits -= units;
    return position;
  }

  /** Puts another value, that takes as many units, into a record. */
  replace(position: number, source: DataView, start: number, end: number): void {
    const { bytes, words, view } = this.#pageAt(position);
    words[((position & UNIT_MASK) << 1) | 1] = end - start;
    const at = ((position & UNIT_MASK) + 1) * UNIT_BYTES;
    if (at + end - start <= bytes.length) copyPart(source, start, end, view, at);
    else this.#scatter(source, start, end, this.#after(position, 1));
  }

  /** A copy of the value of a record, which is used now; see {@link CopySlab.copy}. */
  copyAt(position: number): Uint8Array {
    const { bytes, words } = this.#use(position);
    const valueBytes = words[((position & UNIT_MASK) << 1) | 1]!;
    const start = ((position & UNIT_MASK) + 1) * UNIT_BYTES;
    if (start + valueBytes <= bytes.length) {
      return this.#slab.copy(bytes, words, start, valueBytes);
    }
    return this.#gather(new Uint8Array(valueBytes), this.#after(position, 1));
  }

  /** Shows `sink` the value of a record, which is used now: where it lies if that is in one piece, else a copy. */
  lendAt(position: number, sink: ValueSink): void {
    const { bytes, words, view } = this.#use(position);
    const valueBytes = words[((position & UNIT_MASK) << 1) | 1]!;
    const start = ((position & UNIT_MASK) + 1) * UNIT_BYTES;
    if (start + valueBytes <= bytes.length) {
      sink(bytes, start, start + valueBytes, view);
      return;
    }
    const value = this.#gather(new Uint8Array(valueBytes), this.#after(position, 1));
    sink(value, 0, valueBytes, new DataView(value.buffer));
  }

  /** The record is not an entry's any more. */
  drop(position: number): void {
    this.#pageAt(position).words[(position & UNIT_MASK) << 1] = 0;
  }

  /** Gives the room of the oldest record back. */
  shift(): void {
    const units = unitsFor(this.valueBytesAt(this.#oldest));
    this.#oldest = this.#after(this.#oldest, units);
    this.#freeUnits += units;
  }

  /** Makes the oldest record the newest one, not used yet, and returns its new position. */
  renew(): number {
    const units = unitsFor(this.valueBytesAt(this.#oldest));
    const position = this.#next;
    // In a full ring the oldest record lies right where the newest one goes.
    if (this.#freeUnits > 0) this.#move(this.#oldest, position, units);
    this.#oldest = this.#after(this.#oldest, units);
    this.#next = this.#after(position, units);
    this.#pageAt(position).words[(position & UNIT_MASK) << 1]! &= ~USED;
    return position;
  }

  #use(position: number): Page {
    const page = this.#pageAt(position);
    const at = (position & UNIT_MASK) << 1;
    const word = page.words[at]! | 0;
    // Bit 31 makes it negative. What was used is only read, so that its line of memory stays clean.
    if (word >= 0) page.words[at] = word | USED;
    return page;
  }

  #after(position: number, units: number): number {
    const after = position + units;
    return after < this.#units ? after : after - this.#units;
  }

  #pageAt(position: number): Page {
    return this.#pages[position >>> PAGE_SHIFT] ?? this.#makePage(position >>> PAGE_SHIFT);
  }

  #makePage(index: number): Page {
    const bytes = new Uint8Array(
      Math.min(PAGE_BYTES, this.#units * UNIT_BYTES - index * PAGE_BYTES),
    );
    const page = {
      bytes,
      words: new Uint32Array(bytes.buffer),
      view: new DataView(bytes.buffer),
    };
    this.#pages[index] = page;
    this.#words[index] = page.words;
    this.#memoryBytes += bytes.length;
    return page;
  }

  #scatter(source: DataView, start: number, end: number, position: number): void {
    const value = new Uint8Array(source.buffer, source.byteOffset + start, end - start);
    for (let done = 0, at = position; done < value.length; at = this.#startAfter(at)) {
      const room = this.#roomAt(at);
      const part = value.subarray(done, done + room.length);
      room.set(part);
      done += part.length;
    }
  }

  #gather(into: Uint8Array, position: number): Uint8Array {
    for (let done = 0, at = position; done < into.length; at = this.#startAfter(at)) {
      const part = this.#roomAt(at).subarray(0, into.length - done);
      into.set(part, done);
      done += part.length;
    }
    return into;
  }

  /** From the front, piece by piece: the new place may reach into the old one, but only from before it. */
  #move(from: number, to: number, units: number): void {
    const { words: source } = this.#pageAt(from);
    const { words: target } = this.#pageAt(to);
    const start = (from & UNIT_MASK) << 1;
    const end = start + (units << 1);
    const offset = ((to & UNIT_MASK) << 1) - start;
    if (units <= FEW_UNITS && end <= source.length && end + offset <= target.length) {
      for (let at = start; at < end; at++) target[at + offset] = source[at]!;
      return;
    }
    this.#movePieces(from, to, units);
  }

  #movePieces(from: number, to: number, units: number): void {
    for (let left = units, source = from, target = to; left > 0; ) {
      const part = this.#roomAt(source).subarray(0, left * UNIT_BYTES);
      const room = this.#roomAt(target);
      const length = Math.min(part.length, room.length);
      room.set(part.subarray(0, length));
      left -= length / UNIT_BYTES;
      source = this.#after(source, length / UNIT_BYTES);
      target = this.#after(target, length / UNIT_BYTES);
    }
  }

  /** The memory from a position up to the end of its page. */
  #roomAt(position: number): Uint8Array {
    return this.#pageAt(position).bytes.subarray((position & UNIT_MASK) * UNIT_BYTES);
  }

  /** The start of the page behind that of a position. */
  #startAfter(position: number): number {
    const start = (position | UNIT_MASK) + 1;
    return start < this.#units ? start : 0;
  }
}
