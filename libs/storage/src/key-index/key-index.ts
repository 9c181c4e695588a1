import { BlockArena } from "./block-arena.ts";
import { ID, REMOVAL_REVISION, REVISION, STANDING_REVISION } from "./bucket-rows.ts";
import { Buckets } from "./buckets.ts";
import { ChainHeads } from "./chain-heads.ts";
import type { CopyPlaces } from "./copy-places.ts";
import type { BucketRef, EntryFields, EntryRef, Visit } from "./entry.ts";
import type { Foresight } from "./foresight.ts";
import { halfSipHash } from "./half-sip-hash.ts";
import type { KeyIndexOptions } from "./key-index-options.ts";
import { Keys } from "./keys.ts";
import type { Lifetimes } from "./lifetimes.ts";

export { type BucketRef, type EntryFields, type EntryRef, NEVER } from "./entry.ts";

/**
 * Where the value of every key lies, and what is known of it: the part of a store that is in memory. All of it is in
 * typed arrays, which the garbage collector need not follow, and is never copied or rehashed as a whole: an operation
 * moves a few entries. A key takes 32 bytes and its own, rounded up to 8, and 4 for its chain; one that expires 16 more;
 * a bucket 88 and its name, rounded up to 8, and 8. There is room for 16 GiB of that. Keys and buckets whose life is
 * over stay until they are swept or dropped; who reads asks for the time. Refs of what has gone must not be used again;
 * that is not checked. Keys and names are copied in and copied out; the longest is 1 MiB, a longer one a `RangeError`.
 */
export class KeyIndex {
  /** Kept by the owner of the index, as is {@link dropRevision}. */
  lastRevision = 0;
  dropRevision = 0;
  readonly lifetimes: Lifetimes;
  readonly copies: CopyPlaces;
  readonly foresight: Foresight;
  readonly #arena = new BlockArena();
  readonly #heads = new ChainHeads(this.#arena);
  readonly #buckets: Buckets;
  readonly #keys: Keys;

  constructor(options: KeyIndexOptions) {
    const { seed, hash } = options;
    if (seed.length !== 16) throw new RangeError(`Cannot key a hash with ${seed.length} bytes`);
    const parts = { arena: this.#arena, heads: this.#heads, hash: hash ?? halfSipHash(seed) };
    this.#buckets = new Buckets(parts);
    this.lifetimes = this.#buckets.lifetimes;
    this.#keys = new Keys({ ...options, ...parts, buckets: this.#buckets });
    ({ copies: this.copies, foresight: this.foresight } = this.#keys);
  }

  /** Keys of living buckets, lapsed ones too. */
  get keyCount(): number {
    return this.#keys.count;
  }

  /** Living buckets, lapsed ones too. */
  get bucketCount(): number {
    return this.#buckets.count;
  }

  /** Overhead, key and value of all those keys, and overhead and name of all those buckets. */
  get liveBytes(): number {
    return this.#keys.liveBytes;
  }

  /** Bytes of all typed arrays; memory that waits to be used again counts. */
  get memoryBytes(): number {
    const parts = [this.#arena, this.#heads, this.#buckets, this.#keys];
    return parts.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  }

  /** The most slots (entries relinked, heads copied) that one operation has moved so far. */
  get longestStepSlots(): number {
    return Math.max(this.#keys.longestStepSlots, this.#buckets.longestStepSlots);
  }

  /** The earliest time that {@link sweep} or {@link lapsedBucket} have work at; `Infinity` for never, `-Infinity` for always. */
  get nextExpiryMs(): number {
    return Math.min(this.#keys.soonestMs, this.#buckets.soonestMs);
  }

  /** The living bucket of that name, 0 for none. */
  bucketNamed(name: Uint8Array): BucketRef {
    return this.#buckets.named(name);
  }

  /** {@link bucketNamed}, for an array that nobody writes to as long as it is passed here. */
  bucketNamedBy(name: Uint8Array): BucketRef {
    return this.#buckets.namedBy(name);
  }

  /** The living bucket of that id, 0 for none. */
  bucketWithId(id: number): BucketRef {
    return this.#buckets.withId(id);
  }

  /** A bucket with no keys, whose revisions are its id; neither id nor name may be in use. */
  createBucket(id: number, name: Uint8Array): BucketRef {
    const bucket = this.#buckets.create(id, name);
    this.#keys.open(bucket);
    return bucket;
  }

  /** Makes room for `count` keys of a bucket without any: in the order of a listing they would crowd into a few chains. */
  expectKeys(bucket: BucketRef, count: number): void {
    this.#keys.expect(bucket, count);
  }

  /** The bucket and its keys are gone at once; what they took is freed by {@link reclaim}. */
  dropBucket(bucket: BucketRef): void {
    this.#buckets.detach(bucket);
    this.#keys.drop(bucket);
  }

  /** The id that the bucket was created with. */
  bucketId(bucket: BucketRef): number {
    return this.#buckets.rows.number(bucket, ID);
  }

  /** A fresh copy of the name. */
  bucketName(bucket: BucketRef): Uint8Array {
    return this.#buckets.rows.name(bucket);
  }

  /** Keys in the bucket, lapsed ones too. */
  bucketKeyCount(bucket: BucketRef): number {
    return this.#keys.countIn(bucket);
  }

  /** The bucket's latest mutation. */
  bucketRevision(bucket: BucketRef): number {
    return this.#buckets.rows.number(bucket, REVISION);
  }

  /** Sets {@link bucketRevision}. */
  setBucketRevision(bucket: BucketRef, revision: number): void {
    this.#buckets.rows.setNumber(bucket, REVISION, revision);
  }

  /** The latest mutation that the bucket's being there rests on. */
  bucketStandingRevision(bucket: BucketRef): number {
    return this.#buckets.rows.number(bucket, STANDING_REVISION);
  }

  /** Sets {@link bucketStandingRevision}. */
  setBucketStandingRevision(bucket: BucketRef, revision: number): void {
    this.#buckets.rows.setNumber(bucket, STANDING_REVISION, revision);
  }

  /** The latest mutation that removed a key, 0 for none. */
  bucketRemovalRevision(bucket: BucketRef): number {
    return this.#buckets.rows.number(bucket, REMOVAL_REVISION);
  }

  /** Sets {@link bucketRemovalRevision}. */
  setBucketRemovalRevision(bucket: BucketRef, revision: number): void {
    this.#buckets.rows.setNumber(bucket, REMOVAL_REVISION, revision);
  }

  /** Whether more than `count` keys of the bucket live at `nowMs`. Lapsed ones in the way are removed as by {@link sweep}: each is met once. */
  hasMoreKeysThan(bucket: BucketRef, count: number, nowMs: number): boolean {
    return this.#keys.hasMoreThan(bucket, count, nowMs);
  }

  /** When the bucket expires, `Infinity` for never. */
  bucketExpiresAtMs(bucket: BucketRef): number {
    return this.#buckets.expiresAtMs(bucket);
  }

  /** Sets {@link bucketExpiresAtMs}: any safe integer, or `Infinity` for never. */
  setBucketExpiresAtMs(bucket: BucketRef, atMs: number): void {
    this.#buckets.setExpiresAtMs(bucket, atMs);
  }

  /** The latest segment that holds the bucket's state; 0 at first. */
  bucketSegment(bucket: BucketRef): number {
    return this.#buckets.rows.segment(bucket);
  }

  /** Sets {@link bucketSegment}, below 2^32. */
  setBucketSegment(bucket: BucketRef, segment: number): void {
    this.#buckets.rows.setSegment(bucket, segment);
  }

  /** The entry of the key `bytes` from `start` to `end`, 0 for none. */
  find(bucket: BucketRef, bytes: Uint8Array, start: number, end: number): EntryRef {
    return this.#keys.find(bucket, bytes, start, end);
  }

  /** Adds the key, which lies in `key` as in {@link find}, or overwrites its entry. Reads `to` during the call only. */
  put(bucket: BucketRef, key: Uint8Array, start: number, end: number, to: EntryFields): EntryRef {
    return this.#keys.put(bucket, key, start, end, to);
  }

  /** {@link put} of a key whose entry is known. */
  overwrite(bucket: BucketRef, entry: EntryRef, fields: EntryFields): void {
    this.#keys.overwrite(bucket, entry, fields);
  }

  /** {@link put} of a key that is not there: nothing is compared. */
  append(owner: BucketRef, key: Uint8Array, start: number, end: number, to: EntryFields): EntryRef {
    return this.#keys.append(owner, key, start, end, to);
  }

  /** Removes the entry from its bucket, which must be living. */
  remove(bucket: BucketRef, entry: EntryRef): void {
    this.#keys.remove(bucket, entry);
  }

  /** The mutation that the key owes its state to. */
  revision(entry: EntryRef): number {
    return this.#keys.entries.revision(entry);
  }

  /** When the key expires, `Infinity` for never. */
  expiresAtMs(entry: EntryRef): number {
    return this.#keys.expiresAtMs(entry);
  }

  /** The segment that holds the value. */
  segment(entry: EntryRef): number {
    return this.#keys.entries.segment(entry);
  }

  /** Where in the segment. */
  offset(entry: EntryRef): number {
    return this.#keys.entries.offset(entry);
  }

  /** Length of the value. */
  valueBytes(entry: EntryRef): number {
    return this.#keys.entries.valueBytes(entry);
  }

  /** Length of the key. */
  keyBytes(entry: EntryRef): number {
    return this.#keys.entries.keyBytes(entry);
  }

  /** A fresh copy of the key. */
  key(entry: EntryRef): Uint8Array {
    return this.#keys.entries.key(entry);
  }

  /** Whether the key is the bytes from `start` to before `end`. */
  hasKey(entry: EntryRef, bytes: Uint8Array, start: number, end: number): boolean {
    return this.#keys.entries.hasKey(entry, bytes, start, end);
  }

  /** Copies the key into `into` from `at` on. */
  copyKey(entry: EntryRef, into: Uint8Array, at: number): void {
    this.#keys.entries.copyKey(entry, into, at);
  }

  /** Sets {@link segment} and {@link offset}, below 2^32. */
  setPlace(entry: EntryRef, segment: number, offset: number): void {
    this.#keys.entries.setPlace(entry, segment, offset);
  }

  /** Sets {@link revision}. */
  setRevision(entry: EntryRef, revision: number): void {
    this.#keys.entries.setRevision(entry, revision);
  }

  /** Sets {@link expiresAtMs}: any safe integer, or `Infinity` for never. */
  setExpiresAtMs(entry: EntryRef, atMs: number): void {
    this.#keys.setExpiresAtMs(entry, atMs);
  }

  /**
   * Visits a page of the bucket's keys from `position` on, 0 to 2^32, and returns the position of the next page,
   * `undefined` at the end. The page is over when `limit` visits have answered true; keys of one hash are never parted. A
   * key that stays is visited exactly once, whatever happens between pages. During a visit the index must not change.
   */
  listKeys(bucket: BucketRef, position: number, limit: number, visit: Visit): number | undefined {
    return this.#keys.list(bucket, position, limit, visit);
  }

  /** Visits a page of the living buckets; the rest as in {@link listKeys}. */
  listBuckets(position: number, limit: number, visit: Visit): number | undefined {
    return this.#buckets.list(position, limit, visit);
  }

  /** Removes up to `budget` keys whose time is over, soonest first, raising what "missing" rests on; returns how many. */
  sweep(nowMs: number, budget: number): number {
    return this.#keys.sweep(nowMs, budget);
  }

  /** Removes expiring keys with a value in a segment before this one; returns how many. They lapsed before it was given up. */
  removeExpiringBefore(segment: number): number {
    return this.#keys.removeExpiringBefore(segment);
  }

  /** A bucket whose time is over, or a transient one without a key; 0 for none: to be dropped by the caller. */
  lapsedBucket(nowMs: number): BucketRef {
    return this.#buckets.lapsed(nowMs);
  }

  /** Frees up to `budget` entries of dropped buckets; whether more is left. */
  reclaim(budget: number): boolean {
    return this.#keys.reclaim(budget);
  }
}
