import assert from "node:assert/strict";
import { type EntryFields, type EntryRef, NEVER } from "../entry.ts";
import type { KeyHash } from "../half-sip-hash.ts";
import { KeyIndex } from "../key-index.ts";
import { expectBucket, expectEntry } from "./expect-known.ts";
import { bytesOf, textOf } from "./latin1.ts";
import { ListingModel } from "./listing-model.ts";
import { isForsaken, type ModelBucket } from "./model-bucket.ts";

const OVERHEAD_BYTES = 42;

/** A {@link KeyIndex} beside a model of it made of maps: every operation is done to both and compared. */
export class IndexModel {
  readonly index: KeyIndex;
  readonly #buckets = new Map<string, ModelBucket>();
  /** Entries that dropped buckets have left behind, with their times. */
  readonly #left = new Map<EntryRef, number>();
  readonly #listings: ListingModel[] = [];
  readonly #hash: KeyHash | undefined;
  #removed: EntryRef[] = [];
  #lastId = 0;

  constructor(hash: KeyHash | undefined) {
    this.#hash = hash;
    this.index = new KeyIndex({
      seed: Uint8Array.from({ length: 16 }, (_, index) => index),
      entryOverheadBytes: OVERHEAD_BYTES,
      onRemove: (entry) => this.#removed.push(entry),
      ...(hash === undefined ? {} : { hash }),
    });
  }

  /** `expected` keys are prepared for. */
  createBucket(name: string, expected: number): void {
    if (this.#buckets.has(name)) return;
    const id = ++this.#lastId * 977;
    const ref = this.index.createBucket(id, bytesOf(name));
    for (const other of this.#buckets.values()) assert.notEqual(other.ref, ref);
    this.index.expectKeys(ref, expected);
    this.#buckets.set(name, {
      ref,
      id,
      name,
      keys: new Map(),
      revision: id,
      standingRevision: id,
      removalRevision: 0,
      expiresAtMs: NEVER,
      segment: 0,
      isTransient: false,
    });
  }

  setTransient(name: string, isTransient: boolean): void {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return;
    bucket.isTransient = isTransient;
    this.index.lifetimes.setTransient(bucket.ref, isTransient);
  }

  /** Whether more keys live than that; those that lapsed may go with it, and only of that bucket. */
  countLiving(name: string, count: number, nowMs: number): void {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return;
    const living = [...bucket.keys.values()].filter(({ fields }) => fields.expiresAtMs > nowMs);
    assert.equal(this.index.hasMoreKeysThan(bucket.ref, count, nowMs), living.length > count);
    this.#noteSwept(new Set(this.#takeRemoved()), [bucket], (at) => assert.ok(at <= nowMs));
  }

  dropBucket(name: string): void {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return;
    this.#buckets.delete(name);
    for (const { ref, fields } of bucket.keys.values()) this.#left.set(ref, fields.expiresAtMs);
    this.index.dropBucket(bucket.ref);
    for (const listing of this.#listings.splice(0)) {
      if (listing.bucketId !== bucket.id) this.#listings.push(listing);
    }
  }

  stateBucket(name: string, revision: number, expiresAtMs: number): void {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return;
    bucket.revision = revision;
    bucket.standingRevision = revision - 1;
    bucket.removalRevision = revision - 2;
    bucket.segment = revision % 2 ** 32;
    bucket.expiresAtMs = expiresAtMs;
    this.index.setBucketRevision(bucket.ref, revision);
    this.index.setBucketStandingRevision(bucket.ref, revision - 1);
    this.index.setBucketRemovalRevision(bucket.ref, revision - 2);
    this.index.setBucketSegment(bucket.ref, bucket.segment);
    this.index.setBucketExpiresAtMs(bucket.ref, expiresAtMs);
  }

  put(name: string, key: string, fields: EntryFields): void {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return;
    const old = bucket.keys.get(key);
    const bytes = bytesOf(`xy${key}z`);
    // A key that is not there may as well be appended: every other one is.
    const isAppended = old === undefined && fields.revision % 2 === 0;
    const ref = isAppended
      ? this.index.append(bucket.ref, bytes, 2, bytes.length - 1, fields)
      : this.index.put(bucket.ref, bytes, 2, bytes.length - 1, fields);
    if (old === undefined) assert.ok(!this.#isHeld(ref));
    else assert.equal(ref, old.ref);
    // What is put anew keeps its place, until the owner gives it another one: here, now and then.
    const { copyPlace = 0 } = old ?? {};
    assert.equal(this.index.copies.of(ref), copyPlace);
    const isMoved = fields.offset % 3 > 0;
    if (isMoved) this.index.copies.set(ref, fields.offset >>> 1);
    const place = isMoved ? fields.offset >>> 1 : copyPlace;
    bucket.keys.set(key, { ref, fields: { ...fields }, copyPlace: place });
  }

  change(name: string, key: string, fields: EntryFields): void {
    const bucket = this.#buckets.get(name);
    const old = bucket?.keys.get(key);
    if (bucket === undefined || old === undefined) return;
    const { ref, copyPlace } = old;
    this.index.setRevision(ref, fields.revision);
    this.index.setPlace(ref, fields.segment, fields.offset);
    this.index.setExpiresAtMs(ref, fields.expiresAtMs);
    const { valueBytes } = old.fields;
    bucket.keys.set(key, { ref, fields: { ...fields, valueBytes }, copyPlace });
  }

  remove(name: string, key: string): void {
    const bucket = this.#buckets.get(name);
    const old = bucket?.keys.get(key);
    if (bucket === undefined || old === undefined) return;
    this.index.remove(bucket.ref, old.ref);
    assert.deepEqual(this.#takeRemoved(), [old.ref]);
    this.#forget(bucket, key);
  }

  sweep(nowMs: number, budget: number): void {
    const count = this.index.sweep(nowMs, budget);
    const removed = new Set(this.#takeRemoved());
    assert.equal(removed.size, count);
    let latestMs = Number.NEGATIVE_INFINITY;
    const noteLapsed = (expiresAtMs: number): void => {
      assert.ok(expiresAtMs <= nowMs);
      latestMs = Math.max(latestMs, expiresAtMs);
    };
    for (const ref of removed) {
      const expiresAtMs = this.#left.get(ref);
      if (expiresAtMs === undefined) continue;
      noteLapsed(expiresAtMs);
      this.#left.delete(ref);
      removed.delete(ref);
    }
    this.#noteSwept(removed, this.#buckets.values(), noteLapsed);
    const soonestMs = this.#soonestKeyMs();
    assert.ok(soonestMs >= latestMs);
    assert.ok(count === budget || soonestMs > nowMs);
  }

  #noteSwept(
    removed: Set<EntryRef>,
    buckets: Iterable<ModelBucket>,
    noteLapsed: (expiresAtMs: number) => void,
  ): void {
    for (const bucket of buckets) {
      for (const [key, { ref, fields }] of bucket.keys) {
        if (!removed.delete(ref)) continue;
        noteLapsed(fields.expiresAtMs);
        bucket.removalRevision = Math.max(bucket.removalRevision, fields.revision);
        this.#forget(bucket, key);
      }
    }
    assert.equal(removed.size, 0);
  }

  dropLapsedBucket(nowMs: number): void {
    const lapsed = this.index.lapsedBucket(nowMs);
    const due = [...this.#buckets.values()].filter(
      (bucket) => bucket.expiresAtMs <= nowMs || isForsaken(bucket),
    );
    if (due.length === 0) return assert.equal(lapsed, 0);
    const bucket = due.find(({ ref }) => ref === lapsed);
    assert.ok(bucket !== undefined);
    this.dropBucket(bucket.name);
  }

  reclaim(budget: number): void {
    const isMore = this.index.reclaim(budget);
    const removed = this.#takeRemoved();
    assert.ok(removed.length <= budget);
    for (const ref of removed) assert.ok(this.#left.delete(ref));
    assert.ok(isMore || this.#left.size === 0);
  }

  startListing(name: string): void {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) return;
    this.#listings.push(new ListingModel(bucket.id, bucket.keys.keys(), this.#hash));
  }

  /** Lists another page of each listing; `parity` says which keys count. */
  listPage(limit: number, parity: number): void {
    for (const listing of this.#listings.splice(0)) {
      const bucket = this.index.bucketWithId(listing.bucketId);
      const isOver = listing.listPage(limit, (position, visit) =>
        this.index.listKeys(bucket, position, limit, (entry) =>
          visit(textOf(this.index.key(entry)), entry % 2 === parity),
        ),
      );
      if (!isOver) this.#listings.push(listing);
    }
  }

  listBuckets(limit: number): void {
    const listing = new ListingModel(0, this.#buckets.keys(), this.#hash);
    const listPage = (): boolean =>
      listing.listPage(limit, (position, visit) =>
        this.index.listBuckets(position, limit, (bucket) =>
          visit(textOf(this.index.bucketName(bucket)), true),
        ),
      );
    while (!listPage());
  }

  /** What costs no more for many keys than for few. */
  checkTotals(): void {
    const { index } = this;
    const buckets = [...this.#buckets.values()];
    assert.equal(index.bucketCount, buckets.length);
    assert.equal(index.keyCount, sum(buckets.map(({ keys }) => keys.size)));
    assert.deepEqual(this.#takeRemoved(), []);
    const soonestBucketMs = Math.min(...buckets.map(({ expiresAtMs }) => expiresAtMs));
    const soonestMs = Math.min(soonestBucketMs, this.#soonestKeyMs());
    assert.equal(index.nextExpiryMs, buckets.some(isForsaken) ? -NEVER : soonestMs);
  }

  checkAll(): void {
    this.checkTotals();
    let liveBytes = 0;
    for (const [name, bucket] of this.#buckets) {
      expectBucket(this.index, name, bucket);
      liveBytes += OVERHEAD_BYTES + name.length;
      for (const [key, entry] of bucket.keys) {
        expectEntry(this.index, bucket.ref, { key, entry });
        liveBytes += OVERHEAD_BYTES + key.length + entry.fields.valueBytes;
      }
      assert.equal(this.index.find(bucket.ref, bytesOf("no such key"), 0, 11), 0);
    }
    assert.equal(this.index.liveBytes, liveBytes);
    assert.equal(this.index.bucketNamed(bytesOf("no such bucket")), 0);
    assert.equal(this.index.bucketWithId(1), 0);
  }

  #forget(bucket: ModelBucket, key: string): void {
    bucket.keys.delete(key);
    for (const listing of this.#listings) {
      if (listing.bucketId === bucket.id) listing.forget(key);
    }
  }

  #isHeld(ref: EntryRef): boolean {
    const buckets = [...this.#buckets.values()];
    return (
      this.#left.has(ref) ||
      buckets.some(({ keys }) => [...keys.values()].some((entry) => entry.ref === ref))
    );
  }

  #soonestKeyMs(): number {
    const times = [...this.#left.values()];
    for (const { keys } of this.#buckets.values()) {
      for (const { fields } of keys.values()) times.push(fields.expiresAtMs);
    }
    return times.reduce((soonest, time) => Math.min(soonest, time), NEVER);
  }

  #takeRemoved(): readonly EntryRef[] {
    const removed = this.#removed;
    this.#removed = [];
    return removed;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
