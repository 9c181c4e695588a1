import { chainOf, parentOf } from "./chain-of.ts";
import { type BlockArena, pageOf, wordOf } from "./block-arena.ts";
import type { ChainHeads } from "./chain-heads.ts";

/**
 * Hash tables that never stop the world: linear hashing with chains (W. Litwin, "Linear hashing: a
 * new tool for file and table addressing", 1980; P.-A. Larson, "Dynamic hash tables", 1988).
 *
 * A table of n chains, 2^k <= n < 2^(k+1), looks at the lowest k+1 bits of a hash, or at k of them
 * when that is no chain yet. To grow it splits one chain, n - 2^k, into itself and chain n by the
 * one more bit; to shrink it joins the last chain to the one it came from. A table splits a chain
 * for each record added when it has more records than chains, and joins two chains for each one
 * removed when it has less than half as many: joining one would leave a table that is emptied with
 * half of its chains. Up to eight records are one chain that needs no heads at all.
 *
 * A record is linked by two words: its hash, and the next record. The last one of a chain holds the
 * owner of the table there, with the sign bit set: so one finds the bucket of a key though no word
 * is spent on it. A table is three words of its owner: records, chains, and head or heads.
 */
const SINGLE_CHAIN_RECORDS = 8;
const FEWEST_CHAINS = 8;
const END = 0x80000000;

/** Heads of a gigabyte: who expects more can wait for them. */
const MOST_EXPECTED = 2 ** 28;

/** What a table takes of its owner. */
export const CHAIN_TABLE_BYTES = 12;

/** The tables of many owners; owners and records are blocks of the same arena. */
export class ChainTable {
  readonly #words: readonly Uint32Array[];
  readonly #heads: ChainHeads;
  readonly #link: number;
  readonly #table: number;
  #longestStepSlots = 0;

  /** Records are linked by the words `link` and `link + 1`, tables are the words `table` to `table + 2`. */
  constructor(parts: {
    readonly arena: BlockArena;
    readonly heads: ChainHeads;
    readonly link: number;
    readonly table: number;
  }) {
    this.#words = parts.arena.words;
    this.#heads = parts.heads;
    this.#link = parts.link;
    this.#table = parts.table;
  }

  /** A sum of what {@link touch} has read, so that no compiler leaves the reading out. */
  touched = 0;

  /** The most records relinked and heads copied by one call so far. */
  get longestStepSlots(): number {
    return this.#longestStepSlots;
  }

  /** Makes an empty table of the owner's three words. */
  open(owner: number): void {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    words[table] = 0;
    words[table + 1] = 1;
    words[table + 2] = 0;
  }

  /** Makes an empty table one of as many chains as fit `count` records. */
  expect(owner: number, count: number): void {
    if (this.count(owner) > 0 || this.chains(owner) > 1 || count <= SINGLE_CHAIN_RECORDS) return;
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const chains = Math.min(count, MOST_EXPECTED);
    words[table + 1] = chains;
    words[table + 2] = this.#heads.create(chains);
  }

  /** How many records the owner has. */
  count(owner: number): number {
    return this.#words[pageOf(owner)]![wordOf(owner) + this.#table]!;
  }

  /** How many chains the owner has, from 1 up. */
  chains(owner: number): number {
    return this.#words[pageOf(owner)]![wordOf(owner) + this.#table + 1]!;
  }

  /** The first record of the chain that `hash` belongs to, 0 for none. */
  first(owner: number, hash: number): number {
    return this.head(owner, chainOf(hash, this.chains(owner)));
  }

  /**
   * {@link first} for the first `count` of `hashes` of one owner, into `found`: with as little as can be between one load and the
   * next, so that a processor has many of them under way (a get of a million keys takes a tenth less).
   */
  firsts(owner: number, hashes: Int32Array, count: number, found: Uint32Array): void {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const chains = words[table + 1]!;
    if (chains === 1) return void found.fill(words[table + 2]!, 0, count);
    for (let place = 0; place < count; place++) found[place] = chainOf(hashes[place]!, chains);
    this.#heads.getSeveral(words[table + 2]!, chains, found, count);
  }

  /** The first record of the chain with the number `chain`, 0 for none. */
  head(owner: number, chain: number): number {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const chains = words[table + 1]!;
    return chains === 1 ? words[table + 2]! : this.#heads.get(words[table + 2]!, chains, chain);
  }

  /** The record behind `ref` in its chain, 0 for none. */
  next(ref: number): number {
    const next = this.#words[pageOf(ref)]![wordOf(ref) + this.#link + 1]!;
    return (next | 0) > 0 ? next : 0;
  }

  /** The hash that `ref` was added with, as a signed number. */
  hash(ref: number): number {
    return this.#words[pageOf(ref)]![wordOf(ref) + this.#link]! | 0;
  }

  /** Reads the beginnings of the first `count` of `refs`, so that they are near when they are asked for. */
  touch(refs: Uint32Array, count: number): void {
    let read = 0;
    for (let place = 0; place < count; place++) {
      const ref = refs[place]!;
      const page = this.#words[pageOf(ref)]!;
      const at = wordOf(ref) + this.#link;
      // What is known of a record may go on on the next line of memory.
      read = (read + page[at]! + page[Math.min(at + 8, page.length - 1)]!) | 0;
    }
    this.touched = read;
  }

  /** The owner of the table that `ref` is in. */
  ownerOf(ref: number): number {
    let next = ref;
    do next = this.#words[pageOf(next)]![wordOf(next) + this.#link + 1]!;
    while ((next | 0) > 0);
    return next & ~END;
  }

  /** Adds `ref` to the owner's table, in front of its chain. */
  add(owner: number, ref: number, hash: number): void {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const chains = words[table + 1]!;
    const chain = chainOf(hash, chains);
    this.#words[pageOf(ref)]![wordOf(ref) + this.#link] = hash;
    this.#push(owner, chain, ref);
    const count = words[table]! + 1;
    words[table] = count;
    if (chains > 1 ? count > chains : count > SINGLE_CHAIN_RECORDS) this.#grow(owner);
  }

  /** Removes `ref` from the owner's table. */
  remove(owner: number, ref: number): void {
    this.unlink(owner, ref);
    const count = this.count(owner);
    let moved = 0;
    for (let round = 0; round < 2 && count * 2 < this.chains(owner); round++) {
      const chains = this.chains(owner);
      if (chains === 1) break;
      moved += chains === FEWEST_CHAINS ? this.#gather(owner) : this.#join(owner, chains - 1);
    }
    this.#note(moved);
  }

  /** Removes `ref` and leaves all chains where they are: for a table that is being taken apart. */
  unlink(owner: number, ref: number): void {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const chain = chainOf(this.hash(ref), words[table + 1]!);
    let before = 0;
    for (let at = this.head(owner, chain); at !== ref; at = this.next(at)) {
      if (at === 0) throw new Error(`Record ${ref} is not in the table of ${owner}`);
      before = at;
    }
    if (before === 0) this.#setHead(owner, chain, this.next(ref));
    else {
      this.#words[pageOf(before)]![wordOf(before) + this.#link + 1] =
        this.#words[pageOf(ref)]![wordOf(ref) + this.#link + 1]!;
    }
    words[table] = words[table]! - 1;
  }

  /** Takes the first record off the chain, leaving all chains where they are. */
  shift(owner: number, chain: number): number {
    const ref = this.head(owner, chain);
    if (ref === 0) return 0;
    this.#setHead(owner, chain, this.next(ref));
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    words[table] = words[table]! - 1;
    return ref;
  }

  /** Gives back the heads of a table without records. */
  close(owner: number): void {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    if (words[table + 1]! > 1) this.#heads.release(words[table + 2]!, words[table + 1]!);
    this.open(owner);
  }

  #setHead(owner: number, chain: number, ref: number): void {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    if (words[table + 1] === 1) words[table + 2] = ref;
    else this.#heads.set(words[table + 2]!, words[table + 1]!, chain, ref);
  }

  #push(owner: number, chain: number, ref: number): void {
    const head = this.head(owner, chain);
    this.#words[pageOf(ref)]![wordOf(ref) + this.#link + 1] = head === 0 ? END | owner : head;
    this.#setHead(owner, chain, ref);
  }

  #grow(owner: number): void {
    if (this.chains(owner) === 1) this.#scatter(owner);
    else this.#split(owner, this.chains(owner));
  }

  /** Makes eight chains of the one that needed no heads. */
  #scatter(owner: number): void {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const first = words[table + 2]!;
    words[table + 1] = FEWEST_CHAINS;
    words[table + 2] = this.#heads.create(FEWEST_CHAINS);
    this.#note(this.#deal(owner, first));
  }

  /** Makes one chain that needs no heads of all that are left. */
  #gather(owner: number): number {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const chains = words[table + 1]!;
    let moved = 0;
    for (let chain = chains - 1; chain > 0; chain--) {
      const first = this.head(owner, chain);
      for (let at = first; at !== 0; moved++) {
        const next = this.next(at);
        this.#push(owner, 0, at);
        at = next;
      }
    }
    const first = this.head(owner, 0);
    this.#heads.release(words[table + 2]!, chains);
    words[table + 1] = 1;
    words[table + 2] = first;
    return moved + chains;
  }

  /** Makes the chain `added`, the one behind the last, of the half of the chain that it comes from. */
  #split(owner: number, added: number): void {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const source = parentOf(added);
    const first = this.head(owner, source);
    words[table + 2] = this.#heads.grow(words[table + 2]!, added);
    words[table + 1] = added + 1;
    this.#setHead(owner, source, 0);
    this.#note(this.#deal(owner, first) + this.#heads.copiedFor(added, added + 1));
  }

  /** Hands the chain that begins with `first` out to the chains that its records belong to now. */
  #deal(owner: number, first: number): number {
    const chains = this.chains(owner);
    let moved = 0;
    for (let at = first; at !== 0; moved++) {
      const next = this.next(at);
      this.#push(owner, chainOf(this.hash(at), chains), at);
      at = next;
    }
    return moved;
  }

  /** Joins the chain `last` to the one that it came from. */
  #join(owner: number, last: number): number {
    const words = this.#words[pageOf(owner)]!;
    const table = wordOf(owner) + this.#table;
    const first = this.head(owner, last);
    this.#setHead(owner, last, 0);
    words[table + 2] = this.#heads.shrink(words[table + 2]!, last + 1);
    words[table + 1] = last;
    return this.#deal(owner, first) + this.#heads.copiedFor(last + 1, last);
  }

  #note(slots: number): void {
    if (slots > this.#longestStepSlots) this.#longestStepSlots = slots;
  }
}
