import { pageOf, wordOf, wordWithin } from "./block-arena.ts";
import type { ChainTable } from "./chain-table.ts";
import type { BucketRef, EntryRef } from "./entry.ts";

/** The hash of the key that is the bytes from `start` to before `end`. */
// oxlint-disable-next-line max-params -- as of every hash here
type HashOf = (bucket: BucketRef, bytes: Uint8Array, start: number, end: number) => number;

/** How many keys are looked at together: more than a processor has loads under way at once. */
export const FORESEEN_LIMIT = 32;

/** So many entries of a chain are looked at: of a hundred keys one lies farther back. */
const ROUNDS = 3;

/** Words of an entry, as `Entries` has them: the next one of the chain, and the beginning of the key. */
const NEXT = 1;
const KEY = 8;

/**
 * Fetches what is known of several keys into the processor's cache, for whoever is going to look them up one after the
 * other. In a large index every look-up waits for memory three or four times, each time for what the wait before has
 * brought. Here the waits of all keys overlap: each round reads one word for every key, and no decision rests
 * on any of them before the round is over.
 */
export class Foresight {
  /**
   * What {@link fetch} has found: an entry of the hash of each key, 0 where there is none near the front of the chain. It is
   * an entry of the index, but perhaps that of another key.
   */
  readonly entries = new Uint32Array(FORESEEN_LIMIT);
  /** What was read, mixed, so that no compiler leaves the reading out. */
  read = 0;
  readonly #words: readonly Uint32Array[];
  readonly #table: ChainTable;
  readonly #hashOf: HashOf;
  readonly #buckets = new Uint32Array(FORESEEN_LIMIT);
  readonly #hashes = new Int32Array(FORESEEN_LIMIT);
  /** The places whose entry is not found yet. */
  readonly #waiting = new Uint32Array(FORESEEN_LIMIT);
  #count = 0;
  /** Of what the latest {@link fetch} has found, what was not asked for yet: from here on ... */
  #next = 0;
  /** ... up to here. */
  #end = 0;

  constructor(parts: {
    readonly words: readonly Uint32Array[];
    readonly table: ChainTable;
    readonly hashOf: HashOf;
  }) {
    this.#words = parts.words;
    this.#table = parts.table;
    this.#hashOf = parts.hashOf;
  }

  /** Adds the key that is the bytes from `start` to before `end`, of {@link FORESEEN_LIMIT} at most. */
  // oxlint-disable-next-line max-params -- as of every hash here
  add(bucket: BucketRef, bytes: Uint8Array, start: number, end: number): void {
    const place = this.#count++;
    this.#buckets[place] = bucket;
    this.#hashes[place] = this.#hashOf(bucket, bytes, start, end);
  }

  /**
   * The next of {@link entries}, when it was looked for in `bucket`; 0 when there is none. It is an entry of that bucket, and
   * whether it has the key that is looked for now is for the caller to see. So whoever looks keys up in the order in
   * which they were foreseen needs neither their hash nor the way along the chain.
   */
  recall(bucket: BucketRef): EntryRef {
    const place = this.#next;
    if (place === this.#end) return 0;
    this.#next = place + 1;
    return this.#buckets[place] === bucket ? this.entries[place]! : 0;
  }

  /** Before an entry goes: nothing is recalled any more of what was found. */
  forget(): void {
    this.#next = this.#end;
  }

  /** Fetches what is known of the keys that were added, and forgets them; returns how many they were. */
  fetch(): number {
    const { entries } = this;
    const count = this.#count;
    this.#count = 0;
    this.#next = 0;
    this.#end = count;
    this.#begin(count);
    const waiting = this.#waiting;
    for (let place = 0; place < count; place++) waiting[place] = place;
    let left = count;
    for (let round = 0; round < ROUNDS && left > 0; round++) {
      this.#touch(left);
      left = this.#pass(left);
    }
    for (let index = 0; index < left; index++) entries[waiting[index]!] = 0;
    return count;
  }

  /** Most are of the same bucket: their chains are worked out before the first of them is waited for. */
  #begin(count: number): void {
    const { entries } = this;
    const [owner] = this.#buckets;
    let isOneOwner = count > 0;
    for (let place = 1; place < count; place++) isOneOwner &&= this.#buckets[place] === owner;
    if (isOneOwner) return this.#table.firsts(owner!, this.#hashes, count, entries);
    for (let place = 0; place < count; place++) {
      entries[place] = this.#table.first(this.#buckets[place]!, this.#hashes[place]!);
    }
  }

  /** As little as can be between one load and the next: a processor has as many of them under way as it has instructions. */
  #touch(left: number): void {
    const { entries } = this;
    const words = this.#words;
    const waiting = this.#waiting;
    let read = 0;
    for (let index = 0; index < left; index++) {
      const entry = entries[waiting[index]!]!;
      const page = words[pageOf(entry)]!;
      const at = wordOf(entry);
      // A block is not aligned to lines: the key may be on the next one.
      read = (read + (page[at]! ^ page[wordWithin(at + KEY)]!)) | 0;
    }
    this.read = read;
  }

  /** Goes on to the next entry of the chain where this is not the one; returns how many do. */
  #pass(left: number): number {
    const { entries } = this;
    const words = this.#words;
    const waiting = this.#waiting;
    let going = 0;
    for (let index = 0; index < left; index++) {
      const place = waiting[index]!;
      const entry: EntryRef = entries[place]!;
      if (entry === 0) continue;
      const page = words[pageOf(entry)]!;
      const at = wordOf(entry);
      if ((page[at]! | 0) === this.#hashes[place]) continue;
      const next = page[at + NEXT]! | 0;
      entries[place] = next > 0 ? next : 0;
      if (next > 0) waiting[going++] = place;
    }
    return going;
  }
}
