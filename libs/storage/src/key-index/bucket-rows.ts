import { type BlockArena, pageOf, wordOf } from "./block-arena.ts";
import type { BucketRef } from "./entry.ts";

/**
 * A bucket is a block, its name right behind what is known of it:
 *
 *     word  0, 1     links in the table of names
 *           2, 3     links in the table of ids
 *           4, 5, 6  table of the keys
 *           7        segment that holds the bucket's state
 *           8        place in the heap of what expires plus 1, 0 for none
 *           9        of a dropped bucket: chains that may still have keys, plus 1; 0 for a living one
 *          10        of a dropped bucket: the one dropped before it
 *          11        bytes of the name; bit 31: the bucket is transient
 *          12 to 21  five numbers of two words
 *           then     the name
 */
const SEGMENT = 7;
const HEAP_PLACE = 8;
const CHAINS_LEFT = 9;
const DROPPED_BEFORE = 10;
const NAME_BYTES = 11;
const TRANSIENT = 2 ** 31;
const HEADER_WORDS = 22;
const NAME_LIMIT_BYTES = 2 ** 20;

/** Words that link buckets of a name's hash. */
export const NAME_LINK = 0;
/** Words that link buckets of an id's hash. */
export const ID_LINK = 2;
/** Words of the table of keys. */
export const KEYS_TABLE = 4;

/** Numbers, counted from the block's beginning: the id. */
export const ID = 6;
/** The latest mutation. */
export const REVISION = 7;
/** The latest mutation that the bucket's being there rests on. */
export const STANDING_REVISION = 8;
/** The latest removal of a key. */
export const REMOVAL_REVISION = 9;
/** What the bucket and its keys count for. */
export const LIVE_BYTES = 10;

/** The columns of all buckets, living and dropped. */
export class BucketRows {
  readonly #arena: BlockArena;
  /** Whose salt is at hand, 0 for nobody's: most keys are of the bucket of the key before. */
  #salted: BucketRef = 0;
  #salt = 0;

  constructor(arena: BlockArena) {
    this.#arena = arena;
  }

  /** A bucket with a copy of the name and zeroes everywhere else. A `RangeError` when it is too long. */
  create(name: Uint8Array): BucketRef {
    const { length } = name;
    if (length > NAME_LIMIT_BYTES) {
      throw new RangeError(
        `Cannot hold a name of ${length} bytes: the limit is ${NAME_LIMIT_BYTES}`,
      );
    }
    const bucket = this.#arena.allocate(4 * HEADER_WORDS + length);
    this.#salted = 0;
    const at = wordOf(bucket);
    this.#arena.words[pageOf(bucket)]!.fill(0, at, at + HEADER_WORDS);
    this.#setWord(bucket, NAME_BYTES, length);
    this.#arena.write(bucket, 4 * HEADER_WORDS, name, 0, length);
    return bucket;
  }

  free(bucket: BucketRef): void {
    this.#arena.free(bucket, 4 * HEADER_WORDS + this.nameBytes(bucket));
  }

  number(bucket: BucketRef, column: number): number {
    return this.#arena.numbers[pageOf(bucket)]![(wordOf(bucket) >>> 1) + column]!;
  }

  setNumber(bucket: BucketRef, column: number, number: number): void {
    this.#arena.numbers[pageOf(bucket)]![(wordOf(bucket) >>> 1) + column] = number;
  }

  /** What the bucket's keys are hashed with: keys that share a chain here are not to share one elsewhere. */
  salt(bucket: BucketRef): number {
    if (bucket !== this.#salted) {
      const id = this.number(bucket, ID);
      this.#salt = id ^ (id / 2 ** 32);
      this.#salted = bucket;
    }
    return this.#salt;
  }

  nameBytes(bucket: BucketRef): number {
    return this.#word(bucket, NAME_BYTES) & ~TRANSIENT;
  }

  name(bucket: BucketRef): Uint8Array {
    return this.#arena.copy(bucket, 4 * HEADER_WORDS, this.nameBytes(bucket));
  }

  hasName(bucket: BucketRef, name: Uint8Array): boolean {
    if (this.nameBytes(bucket) !== name.length) return false;
    return this.#arena.holds(bucket, 4 * HEADER_WORDS, name, 0, name.length);
  }

  keyCount(bucket: BucketRef): number {
    return this.#word(bucket, KEYS_TABLE);
  }

  isTransient(bucket: BucketRef): boolean {
    return this.#word(bucket, NAME_BYTES) >= TRANSIENT;
  }

  setTransient(bucket: BucketRef, isTransient: boolean): void {
    this.#setWord(bucket, NAME_BYTES, this.nameBytes(bucket) + (isTransient ? TRANSIENT : 0));
  }

  segment(bucket: BucketRef): number {
    return this.#word(bucket, SEGMENT);
  }

  setSegment(bucket: BucketRef, segment: number): void {
    this.#setWord(bucket, SEGMENT, segment);
  }

  /** The place in the heap, -1 for none. */
  heapPlace(bucket: BucketRef): number {
    return this.#word(bucket, HEAP_PLACE) - 1;
  }

  setHeapPlace(bucket: BucketRef, place: number): void {
    this.#setWord(bucket, HEAP_PLACE, place + 1);
  }

  /** Of a dropped bucket: how many chains, from the first one on, may still have keys; -1 of a living one. */
  chainsLeft(bucket: BucketRef): number {
    return this.#word(bucket, CHAINS_LEFT) - 1;
  }

  setChainsLeft(bucket: BucketRef, chains: number): void {
    this.#setWord(bucket, CHAINS_LEFT, chains + 1);
  }

  /** Of a dropped bucket: the one that was dropped before it, 0 for none. */
  droppedBefore(bucket: BucketRef): BucketRef {
    return this.#word(bucket, DROPPED_BEFORE);
  }

  setDroppedBefore(bucket: BucketRef, before: BucketRef): void {
    this.#setWord(bucket, DROPPED_BEFORE, before);
  }

  #word(bucket: BucketRef, column: number): number {
    return this.#arena.words[pageOf(bucket)]![wordOf(bucket) + column]!;
  }

  #setWord(bucket: BucketRef, column: number, word: number): void {
    this.#arena.words[pageOf(bucket)]![wordOf(bucket) + column] = word;
  }
}
