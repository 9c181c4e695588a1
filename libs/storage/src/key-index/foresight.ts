import { pageOf, wordOf } from "./block-arena.ts";
import type { ChainTable } from "./chain-table.ts";
import type { BucketRef, EntryRef } from "./entry.ts";

/** How many keys are looked at together: more than a processor has loads under way at once. */
export const FORESEEN_LIMIT = 32;

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
  /** A sum of what was read, so that no compiler leaves the reading out. */
  read = 0;
  readonly #words: readonly Uint32Array[];
  readonly #table: ChainTable;
  readonly #hashOf: (bucket: BucketRef, key: Uint8Array) => number;
  readonly #buckets = new Uint32Array(FORESEEN_LIMIT);
  readonly #hashes = new Int32Array(FORESEEN_LIMIT);
  readonly #keys: (Uint8Array | undefined)[] = Array.from({ length: FORESEEN_LIMIT });
  #count = 0;
  /** Those of the latest {@link fetch} that have not been asked for: from here on ... */
  #next = 0;
  /** ... up to here. */
  #end = 0;

  constructor(parts: {
    readonly words: readonly Uint32Array[];
    readonly table: ChainTable;
    readonly hashOf: (bucket: BucketRef, key: Uint8Array) => number;
  }) {
    this.#words = parts.words;
    this.#table = parts.table;
    this.#hashOf = parts.hashOf;
  }

  /** Adds a key, of {@link FORESEEN_LIMIT} at most. */
  add(bucket: BucketRef, key: Uint8Array): void {
    const place = this.#count++;
    const hash = this.#hashOf(bucket, key);
    this.#buckets[place] = bucket;
    this.#hashes[place] = hash;
    this.#keys[place] = key;
  }

  /**
   * The entry that {@link fetch} has found for `key`, the very array that was added and the next one in that order; 0 for none.
   * It is an entry of that bucket and is there, but whether it has that key is for the caller to see: so it spares
   * who looks keys up in the order in which they were foreseen the hash and the way along the chain.
   */
  recall(bucket: BucketRef, key: Uint8Array): EntryRef {
    const place = this.#next;
    if (place === this.#end || this.#keys[place] !== key) return 0;
    this.#next = place + 1;
    return this.#buckets[place] === bucket ? this.entries[place]! : 0;
  }

  /** To be called before an entry goes: what was found is not told of any more. */
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
    for (let place = 0; place < count; place++) {
      entries[place] = this.#table.first(this.#buckets[place]!, this.#hashes[place]!);
    }
    this.#touch(count);
    for (let place = 0; place < count; place++) this.#pass(place);
    this.#touch(count);
    for (let place = 0; place < count; place++) this.#pass(place);
    for (let place = 0; place < count; place++) {
      if (this.#hashAt(entries[place]!) !== this.#hashes[place]) entries[place] = 0;
    }
    return count;
  }

  #touch(count: number): void {
    let read = 0;
    for (let place = 0; place < count; place++) {
      const entry = this.entries[place]!;
      const page = this.#words[pageOf(entry)]!;
      const at = wordOf(entry);
      // A block is not aligned to lines: the key may be on the next one.
      read = (read + page[at]! + page[Math.min(at + KEY, page.length - 1)]!) | 0;
    }
    this.read = read;
  }

  /** Goes on to the next entry of the chain where this is not the one. */
  #pass(place: number): void {
    const entry: EntryRef = this.entries[place]!;
    if (entry === 0 || this.#hashAt(entry) === this.#hashes[place]) return;
    const next = this.#words[pageOf(entry)]![wordOf(entry) + NEXT]! | 0;
    this.entries[place] = next > 0 ? next : 0;
  }

  #hashAt(entry: EntryRef): number {
    return this.#words[pageOf(entry)]![wordOf(entry)]! | 0;
  }
}
