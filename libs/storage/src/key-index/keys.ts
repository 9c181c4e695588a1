import type { BlockArena } from "./block-arena.ts";
import { KEYS_TABLE, LIVE_BYTES, REMOVAL_REVISION } from "./bucket-rows.ts";
import type { Buckets } from "./buckets.ts";
import type { ChainHeads } from "./chain-heads.ts";
import { listChains } from "./chain-listing.ts";
import { ChainTable } from "./chain-table.ts";
import { CopyPlaces } from "./copy-places.ts";
import { Entries } from "./entries.ts";
import { type BucketRef, type EntryFields, type EntryRef, NEVER } from "./entry.ts";
import { ExpiryHeap } from "./expiry-heap.ts";
import { Foresight } from "./foresight.ts";
import type { KeyHash } from "./half-sip-hash.ts";

/** Keys that are looked at together when lapsed ones are in the way. */
const PAGE_KEYS = 16;

/** What {@link Keys} is made of and whom it tells. */
export interface KeysParts {
  readonly arena: BlockArena;
  readonly heads: ChainHeads;
  readonly hash: KeyHash;
  readonly buckets: Buckets;
  readonly entryOverheadBytes: number;
  readonly onRemove?: (entry: EntryRef) => void;
  readonly onOverwrite?: (entry: EntryRef) => void;
}

/** The keys of all buckets, and those that dropped buckets have left behind. */
export class Keys {
  readonly entries: Entries;
  readonly copies: CopyPlaces;
  readonly foresight: Foresight;
  /** Of living buckets. */
  count = 0;
  /** Of living buckets and their keys. */
  liveBytes = 0;
  readonly #buckets: Buckets;
  readonly #table: ChainTable;
  readonly #hash: KeyHash;
  readonly #overheadBytes: number;
  readonly #onRemove: (entry: EntryRef) => void;
  readonly #onOverwrite: (entry: EntryRef) => void;
  readonly #expiry = new ExpiryHeap((entry, place) => this.entries.setHeapPlace(entry, place));
  /** The bucket dropped last of those that have not been taken apart. */
  #dropped: BucketRef = 0;

  constructor(parts: KeysParts) {
    const { arena, heads } = parts;
    this.entries = new Entries(arena);
    this.copies = new CopyPlaces(this.entries, this.#expiry);
    this.#buckets = parts.buckets;
    this.#table = new ChainTable({ arena, heads, link: 0, table: KEYS_TABLE });
    this.#hash = parts.hash;
    this.foresight = new Foresight({
      words: arena.words,
      table: this.#table,
      hashOf: (...key) => this.#hashIn(...key),
    });
    this.#overheadBytes = parts.entryOverheadBytes;
    this.#onRemove = parts.onRemove ?? (() => {});
    this.#onOverwrite = parts.onOverwrite ?? (() => {});
  }

  get memoryBytes(): number {
    return this.#expiry.memoryBytes;
  }

  get longestStepSlots(): number {
    return this.#table.longestStepSlots;
  }

  get soonestMs(): number {
    return this.#expiry.soonestMs;
  }

  /** Makes the table of a new bucket, and lets the bucket itself count. */
  open(bucket: BucketRef): void {
    this.#table.open(bucket);
    this.#charge(bucket, this.#overheadBytes + this.#buckets.rows.nameBytes(bucket));
  }

  /**
   * Whether more than `count` keys of the bucket live at `nowMs`. Removes the lapsed ones that it meets,
   * so none of them is ever met again, and ends with the first one that lives beyond `count`.
   */
  hasMoreThan(bucket: BucketRef, count: number, nowMs: number): boolean {
    if (this.countIn(bucket) <= count) return false;
    if (this.#expiry.soonestMs > nowMs) return true;
    let living = 0;
    for (let position: number | undefined = 0; position !== undefined; ) {
      const page: EntryRef[] = [];
      position = this.list(bucket, position, PAGE_KEYS, (entry) => page.push(entry) > 0);
      for (const entry of page) {
        if (nowMs >= this.expiresAtMs(entry)) this.#removeLapsed(entry);
        else living++;
      }
      if (living > count) return true;
    }
    return false;
  }

  /** Makes chains for so many keys in a bucket that has none. */
  expect(bucket: BucketRef, count: number): void {
    this.#table.expect(bucket, count);
  }

  countIn(bucket: BucketRef): number {
    return this.#table.count(bucket);
  }

  find(bucket: BucketRef, bytes: Uint8Array, start: number, end: number): EntryRef {
    const foreseen = this.foresight.recall(bucket);
    if (foreseen !== 0 && this.entries.hasKey(foreseen, bytes, start, end)) return foreseen;
    return this.#lookUp(bucket, this.#hashIn(bucket, bytes, start, end), bytes, start, end);
  }

  put(
    bucket: BucketRef,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: EntryFields,
  ): EntryRef {
    const hash = this.#hashIn(bucket, bytes, start, end);
    const found = this.#lookUp(bucket, hash, bytes, start, end);
    if (found === 0) {
      const entry = this.entries.create(bytes, start, end, fields);
      this.#add(bucket, entry, hash, fields);
      return entry;
    }
    this.overwrite(bucket, found, fields);
    return found;
  }

  overwrite(bucket: BucketRef, entry: EntryRef, fields: EntryFields): void {
    this.#onOverwrite(entry);
    const grown = fields.valueBytes - this.entries.valueBytes(entry);
    if (grown !== 0) this.#charge(bucket, grown);
    this.entries.write(entry, fields);
    this.setExpiresAtMs(entry, fields.expiresAtMs);
  }

  append(
    bucket: BucketRef,
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: EntryFields,
  ): EntryRef {
    const entry = this.entries.create(bytes, start, end, fields);
    this.#add(bucket, entry, this.#hashIn(bucket, bytes, start, end), fields);
    return entry;
  }

  remove(bucket: BucketRef, entry: EntryRef): void {
    this.#table.remove(bucket, entry);
    this.#charge(bucket, -this.#chargeOf(entry));
    this.count--;
    this.#free(entry);
    if (this.countIn(bucket) === 0) this.#buckets.lifetimes.noteEmpty(bucket);
  }

  expiresAtMs(entry: EntryRef): number {
    const place = this.entries.heapPlace(entry);
    return place === -1 ? NEVER : this.#expiry.timeAt(place);
  }

  setExpiresAtMs(entry: EntryRef, expiresAtMs: number): void {
    const place = this.entries.heapPlace(entry);
    if (expiresAtMs !== NEVER) {
      if (place === -1) this.#expiry.add(entry, expiresAtMs, this.copies.of(entry));
      else this.#expiry.changeAt(place, expiresAtMs);
    } else if (place !== -1) {
      const copyPlace = this.copies.of(entry);
      this.#expiry.removeAt(place);
      this.entries.setCopyPlace(entry, copyPlace);
    }
  }

  /** Removes up to `budget` keys whose time is over at `nowMs`; returns how many. */
  sweep(nowMs: number, budget: number): number {
    let removed = 0;
    while (removed < budget && this.#expiry.soonestMs <= nowMs) {
      this.#removeLapsed(this.#expiry.soonest);
      removed++;
    }
    return removed;
  }

  /** Removes the keys that expire and whose value lies before `segment`; returns how many. */
  removeExpiringBefore(segment: number): number {
    const lost = this.#expiry.refs().filter((entry) => this.entries.segment(entry) < segment);
    for (const entry of lost) this.#removeLapsed(entry);
    return lost.length;
  }

  #removeLapsed(entry: EntryRef): void {
    const bucket = this.#table.ownerOf(entry);
    const { rows } = this.#buckets;
    if (rows.chainsLeft(bucket) === -1) {
      // That the key is missing rests on the mutation that gave it its time.
      const latest = Math.max(rows.number(bucket, REMOVAL_REVISION), this.entries.revision(entry));
      rows.setNumber(bucket, REMOVAL_REVISION, latest);
      this.remove(bucket, entry);
    } else {
      this.#table.unlink(bucket, entry);
      this.#free(entry);
    }
  }

  list(
    bucket: BucketRef,
    position: number,
    limit: number,
    visit: (entry: EntryRef) => boolean,
  ): number | undefined {
    const compare = (one: EntryRef, other: EntryRef): number =>
      Buffer.compare(this.entries.key(one), this.entries.key(other));
    return listChains(this.#table, { owner: bucket, position, limit, compare, visit });
  }

  /** Lets a detached bucket and its keys count no more; {@link reclaim} frees them. */
  drop(bucket: BucketRef): void {
    const { rows } = this.#buckets;
    this.count -= this.#table.count(bucket);
    this.liveBytes -= rows.number(bucket, LIVE_BYTES);
    rows.setChainsLeft(bucket, this.#table.chains(bucket));
    rows.setDroppedBefore(bucket, this.#dropped);
    this.#dropped = bucket;
  }

  /** Frees up to `budget` keys of dropped buckets; whether any dropped bucket is left. */
  reclaim(budget: number): boolean {
    for (let steps = 0; steps < budget && this.#dropped !== 0; steps++) this.#reclaimStep();
    return this.#dropped !== 0;
  }

  /** Frees a key, or passes over an empty chain, or frees a bucket without keys. */
  #reclaimStep(): void {
    const bucket = this.#dropped;
    const { rows } = this.#buckets;
    const chains = rows.chainsLeft(bucket);
    if (chains === 0) {
      this.#dropped = rows.droppedBefore(bucket);
      this.#table.close(bucket);
      rows.free(bucket);
      return;
    }
    const entry = this.#table.shift(bucket, chains - 1);
    if (entry === 0) rows.setChainsLeft(bucket, chains - 1);
    else this.#free(entry);
  }

  #hashIn(bucket: BucketRef, bytes: Uint8Array, start: number, end: number): number {
    return this.#hash(bytes, start, end, this.#buckets.rows.salt(bucket)) | 0;
  }

  #lookUp(
    bucket: BucketRef,
    hash: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): EntryRef {
    return this.entries.search(this.#table.first(bucket, hash), hash, bytes, start, end);
  }

  #add(bucket: BucketRef, entry: EntryRef, hash: number, fields: EntryFields): void {
    this.#table.add(bucket, entry, hash);
    this.count++;
    this.#buckets.lifetimes.forget(bucket);
    this.#charge(bucket, this.#chargeOf(entry));
    if (fields.expiresAtMs !== NEVER) this.#expiry.add(entry, fields.expiresAtMs);
  }

  #free(entry: EntryRef): void {
    this.#onRemove(entry);
    this.foresight.forget();
    const place = this.entries.heapPlace(entry);
    if (place !== -1) this.#expiry.removeAt(place);
    this.entries.free(entry);
  }

  #chargeOf(entry: EntryRef): number {
    return this.#overheadBytes + this.entries.keyBytes(entry) + this.entries.valueBytes(entry);
  }

  #charge(bucket: BucketRef, bytes: number): void {
    this.liveBytes += bytes;
    this.#buckets.charge(bucket, bytes);
  }
}
