import { type BlockArena, pageOf, wordOf } from "./block-arena.ts";
import type { EntryFields, EntryRef } from "./entry.ts";

/**
 * An entry is a block, the key right behind what is known of it: whoever compares a key has just
 * read the hash, so a second wait for memory is saved.
 *
 *     word  0, 1   links of a `ChainTable`: hash, next
 *           2      where the value's copy in memory is, below 2^31, 0 for none; of an entry that expires: its
 *                  place in the heap, which then knows that, with bit 31 set
 *           3      segment
 *           4      offset in the segment
 *           5      bytes of the value
 *           6      revision, lower 32 bits
 *           7      bits 0 to 20: revision, the others; bits 21 to 31: bytes of the key, if below 2047
 *          (8      bytes of the key, if 2047 or more)
 *           then   the key
 */
const COPY_OR_HEAP = 2;
const SEGMENT = 3;
const OFFSET = 4;
const VALUE_BYTES = 5;
const REVISION = 6;
const LENGTHS = 7;
const LONG_LENGTH = 8;
const LENGTH_SHIFT = 21;
const UPPER_REVISION_MASK = 2 ** LENGTH_SHIFT - 1;
const LONG = 2047;

/** Of {@link COPY_OR_HEAP}. */
const EXPIRES = 0x80000000;

const HEADER_BYTES = 32;
const LONG_HEADER_BYTES = 36;
const KEY_LIMIT_BYTES = 2 ** 20;

/** The entries of all buckets, and what can be read and written of one. */
export class Entries {
  readonly #arena: BlockArena;
  readonly #words: readonly Uint32Array[];

  constructor(arena: BlockArena) {
    this.#arena = arena;
    this.#words = arena.words;
  }

  /** An entry that never expires, in no table, with a copy of the key. A `RangeError` when it is too long. */
  create(bytes: Uint8Array, start: number, end: number, fields: EntryFields): EntryRef {
    const length = end - start;
    if (length > KEY_LIMIT_BYTES) {
      throw new RangeError(`Cannot hold a key of ${length} bytes: the limit is ${KEY_LIMIT_BYTES}`);
    }
    const header = headerBytes(length);
    const entry = this.#arena.allocate(header + length);
    const page = this.#words[pageOf(entry)]!;
    const at = wordOf(entry);
    page[at + COPY_OR_HEAP] = 0;
    page[at + LENGTHS] = Math.min(length, LONG) << LENGTH_SHIFT;
    if (length >= LONG) page[at + LONG_LENGTH] = length;
    this.#arena.write(entry, header, bytes, start, end);
    this.write(entry, fields);
    return entry;
  }

  /** Forgets the entry and its key. */
  free(entry: EntryRef): void {
    const length = this.keyBytes(entry);
    this.#arena.free(entry, headerBytes(length) + length);
  }

  /** Writes all fields but the time. */
  write(entry: EntryRef, fields: EntryFields): void {
    const page = this.#words[pageOf(entry)]!;
    const at = wordOf(entry);
    const { revision } = fields;
    page[at + SEGMENT] = fields.segment;
    page[at + OFFSET] = fields.offset;
    page[at + VALUE_BYTES] = fields.valueBytes;
    page[at + REVISION] = revision;
    page[at + LENGTHS] = (page[at + LENGTHS]! & ~UPPER_REVISION_MASK) | (revision / 2 ** 32);
  }

  revision(entry: EntryRef): number {
    const page = this.#words[pageOf(entry)]!;
    const at = wordOf(entry);
    return (page[at + LENGTHS]! & UPPER_REVISION_MASK) * 2 ** 32 + page[at + REVISION]!;
  }

  setRevision(entry: EntryRef, revision: number): void {
    const page = this.#words[pageOf(entry)]!;
    const at = wordOf(entry);
    page[at + REVISION] = revision;
    page[at + LENGTHS] = (page[at + LENGTHS]! & ~UPPER_REVISION_MASK) | (revision / 2 ** 32);
  }

  segment(entry: EntryRef): number {
    return this.#words[pageOf(entry)]![wordOf(entry) + SEGMENT]!;
  }

  offset(entry: EntryRef): number {
    return this.#words[pageOf(entry)]![wordOf(entry) + OFFSET]!;
  }

  valueBytes(entry: EntryRef): number {
    return this.#words[pageOf(entry)]![wordOf(entry) + VALUE_BYTES]!;
  }

  setPlace(entry: EntryRef, segment: number, offset: number): void {
    const page = this.#words[pageOf(entry)]!;
    const at = wordOf(entry);
    page[at + SEGMENT] = segment;
    page[at + OFFSET] = offset;
  }

  keyBytes(entry: EntryRef): number {
    const page = this.#words[pageOf(entry)]!;
    const at = wordOf(entry);
    const length = page[at + LENGTHS]! >>> LENGTH_SHIFT;
    return length === LONG ? page[at + LONG_LENGTH]! : length;
  }

  key(entry: EntryRef): Uint8Array {
    const length = this.keyBytes(entry);
    return this.#arena.copy(entry, headerBytes(length), length);
  }

  copyKey(entry: EntryRef, into: Uint8Array, at: number): void {
    const length = this.keyBytes(entry);
    this.#arena.copyInto(entry, headerBytes(length), length, into, at);
  }

  hasKey(entry: EntryRef, bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (this.keyBytes(entry) !== length) return false;
    return this.#arena.holds(entry, headerBytes(length), bytes, start, end);
  }

  /** The entry of a key in the chain of a `ChainTable` that begins with `first`, 0 for none. */
  search(first: EntryRef, hash: number, bytes: Uint8Array, start: number, end: number): EntryRef {
    for (let entry = first; entry > 0; ) {
      const page = this.#words[pageOf(entry)]!;
      const at = wordOf(entry);
      if ((page[at]! | 0) === hash && this.hasKey(entry, bytes, start, end)) return entry;
      // The end of a chain is a negative number.
      entry = page[at + 1]! | 0;
    }
    return 0;
  }

  /** The place in the heap, -1 for none. */
  heapPlace(entry: EntryRef): number {
    const word = this.#words[pageOf(entry)]![wordOf(entry) + COPY_OR_HEAP]!;
    return word < EXPIRES ? -1 : word - EXPIRES;
  }

  /** Sets {@link heapPlace}, from 0 up; whoever does that keeps what {@link copyPlace} was. */
  setHeapPlace(entry: EntryRef, place: number): void {
    this.#words[pageOf(entry)]![wordOf(entry) + COPY_OR_HEAP] = place + EXPIRES;
  }

  /** Where the copy of the value is, 0 for nowhere: to be asked of an entry without a place in the heap. */
  copyPlace(entry: EntryRef): number {
    return this.#words[pageOf(entry)]![wordOf(entry) + COPY_OR_HEAP]!;
  }

  /** Sets {@link copyPlace}, below 2^31; the entry is then in the heap no more. */
  setCopyPlace(entry: EntryRef, place: number): void {
    this.#words[pageOf(entry)]![wordOf(entry) + COPY_OR_HEAP] = place;
  }
}

function headerBytes(length: number): number {
  return length < LONG ? HEADER_BYTES : LONG_HEADER_BYTES;
}
