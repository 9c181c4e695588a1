/**
 * What every storage engine promises. `@kv/storage/conformance` is this contract as tests;
 * an engine is correct when, and only when, that suite passes for it.
 *
 * Buckets, keys and values are opaque bytes; a key or a value may be empty. A key, or the name of a
 * bucket, has at most 1 MiB: a longer one is the caller's bug, a `RangeError`, and nothing is done.
 *
 * A bucket is *kept*, or it is *transient*: then it goes with its last key, whether that is deleted or
 * expires, in the same moment and for every operation. See {@link Lifetime}.
 *
 * Time: expiry goes by the clock that an engine was opened with, but never by an earlier time than
 * it has judged by before; for what is there for ever it need not look. So what was said to have lapsed does not come back when the clock is
 * set back, and what is given a time that is over already is removed for good. One thing remains:
 * a key or bucket whose time came by itself is only passed over. An engine that is opened again with
 * a clock set back to before that time shows it again, until its time comes once more.
 *
 * Memory: an engine reads the arrays it is given only during the call and copies what it keeps, so
 * a caller may pass views of a read buffer. A value that an engine hands out belongs to the engine:
 * it is not to be written to, and stays valid as long as it is referenced.
 */

import type { BackupResult, CompactionResult, MaintenanceOptions } from "./maintenance.ts";
import type { NewExpiry } from "./new-expiry.ts";
import type { Cursor, Page } from "./page.ts";
import type { PlainOperations } from "./plain-operations.ts";
import type { StoreStatistics } from "./statistics.ts";
import type { StoreTraits } from "./store-traits.ts";

/**
 * An outcome, and what has to happen before anybody may be told of it.
 *
 * `durable` settles when everything this outcome rests on can no longer be taken back by a crash;
 * `undefined` says that this is so already. It is one promise shared by a whole commit group, so
 * that a caller may compare it by identity. It rejects with a `StorageError` when the group could
 * not be committed: the outcome is then not to be shown.
 *
 * Reads carry it too: a read may see a write whose group is still on its way to the disk.
 */
export interface Answer<Outcome> {
  readonly outcome: Outcome;
  readonly durable: Promise<void> | undefined;
}

/** An engine answers at once where it can: a promise costs an event-loop turn. */
export type Answering<Outcome> = Answer<Outcome> | Promise<Answer<Outcome>>;

declare const revisionBrand: unique symbol;

/**
 * The version of a key or a bucket: opaque, compared by `===`, printable by `String()`.
 * Within a bucket it grows with every mutation and is never used again, also not after the bucket
 * was dropped and created anew.
 */
export type Revision = (number | string) & { readonly [revisionBrand]: "Revision" };

/** What must hold of a key for a conditional write to go through. */
export type Condition =
  | { readonly type: "absent" }
  | { readonly type: "revision"; readonly revision: Revision };

/** One key to put. Without `expiresAtMs` it never expires; without `condition` it is always put. */
export interface Field {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /**
   * Whole Unix milliseconds, or a `RangeError` is thrown. From that moment on the key is neither
   * served, listed nor counted.
   */
  readonly expiresAtMs?: number | undefined;
  readonly condition?: Condition | undefined;
}

/**
 * Who outlives the last key. A `kept` bucket stays there without keys; it was made by `createBucket`. A
 * `transient` one was made by a put that may create: it is there as long as it has a key, and is then gone
 * as if it had been dropped.
 */
export type Lifetime = "kept" | "transient";

/** How a put goes about it. */
export interface PutOptions {
  /**
   * Whether a bucket that is not there is made for the fields, a transient one. False by default.
   */
  readonly createsBucket?: boolean | undefined;
}

/**
 * `exists`: its keys are still there; `revision` is that of its latest mutation, which is this one when it
 * made a transient bucket a kept one.
 */
export type CreateBucketOutcome =
  | { readonly type: "created"; readonly revision: Revision }
  | { readonly type: "exists"; readonly revision: Revision };

/** `revision` is that of the drop: a bucket created later under the name has higher ones. */
export type DropBucketOutcome =
  | { readonly type: "dropped"; readonly revision: Revision }
  | { readonly type: "no-bucket" };

/** `value` belongs to the engine: it is not to be written to. A key that has lapsed is `missing`. */
export type GetOutcome =
  | {
      readonly type: "found";
      readonly value: Uint8Array;
      readonly revision: Revision;
      readonly expiresAtMs: number | undefined;
    }
  | { readonly type: "missing" }
  | { readonly type: "no-bucket" };

/** Nothing was written: `key` is the first, in the order given, whose condition did not hold. */
export interface Conflict {
  readonly type: "conflict";
  readonly key: Uint8Array;
  /** What is there now; `undefined` when the key is missing. */
  readonly revision: Revision | undefined;
}

/** What came of a put: all of it, or nothing. */
export type PutOutcome =
  /**
   * `added` counts the keys that were not there before. All fields now carry `revision`. Without
   * fields nothing changes, and `revision` is that of the bucket's latest mutation.
   */
  | { readonly type: "stored"; readonly revision: Revision; readonly added: number }
  /** There is none, and none was made: also when the put may create, but has no fields. */
  | { readonly type: "no-bucket" }
  | Conflict;

/** `missing`: none of the keys was there. `conflict` comes before it: a condition is judged first. */
export type DeleteOutcome =
  /** `removed` counts the keys that were there, at least one. */
  | { readonly type: "deleted"; readonly revision: Revision; readonly removed: number }
  | { readonly type: "missing" }
  | { readonly type: "no-bucket" }
  | Conflict;

/** `missing`: no such key, or it has lapsed already; nothing brings that back. `unchanged`: a condition does not hold. */
export type ExpireOutcome =
  | { readonly type: "updated"; readonly revision: Revision }
  | { readonly type: "unchanged" }
  | { readonly type: "missing" }
  | { readonly type: "no-bucket" };

/** What there is to say of a bucket without looking at its keys. */
export type BucketOutcome =
  | {
      readonly type: "found";
      /** The bucket's latest mutation. */
      readonly revision: Revision;
      /** Keys that have lapsed are not counted. */
      readonly keys: number;
      readonly expiresAtMs: number | undefined;
      readonly lifetime: Lifetime;
    }
  | { readonly type: "no-bucket" };

/** What there is to say of a key without its value. A key that has lapsed is `missing`. */
export type KeyOutcome =
  | {
      readonly type: "found";
      readonly revision: Revision;
      readonly expiresAtMs: number | undefined;
      /** How long its value is. */
      readonly valueBytes: number;
    }
  | { readonly type: "missing" }
  | { readonly type: "no-bucket" };

/** A bucket as a listing shows it. The array is the caller's. */
export interface ListedBucket {
  readonly bucket: Uint8Array;
  /** The bucket's latest mutation. */
  readonly revision: Revision;
  readonly expiresAtMs: number | undefined;
  readonly lifetime: Lifetime;
}

/** A key as a listing shows it, without its value. The array is the caller's. */
export interface ListedKey {
  readonly key: Uint8Array;
  readonly revision: Revision;
  readonly expiresAtMs: number | undefined;
}

/** The keys of one page, in no promised order. */
export type ListKeysOutcome =
  | { readonly type: "listed"; readonly page: Page<ListedKey> }
  | { readonly type: "no-bucket" };

/** The buckets of one page, in no promised order. */
export interface ListBucketsOutcome {
  readonly type: "listed";
  readonly page: Page<ListedBucket>;
}

/** Where a listing goes on, and how long a page is. */
export interface ListOptions {
  /** `undefined` starts at the beginning. */
  readonly cursor?: Cursor | undefined;
  /**
   * A whole number from 1 up, or a `RangeError` is thrown; 1000 by default. A page has no more
   * entries than that, except when the engine cannot part some: by a handful, and rarely.
   */
  readonly limit?: number | undefined;
}

/**
 * The operations on buckets. Each may throw, or reject with, a `StorageError`; what a protocol has
 * an answer for is an outcome and never thrown.
 *
 * A read sees every mutation called before it on the same store, and none called after it.
 */
export interface Buckets extends PlainOperations {
  /** Makes sure that `bucket` exists and is a kept one; one that exists keeps its keys and its time. */
  createBucket(bucket: Uint8Array): Answering<CreateBucketOutcome>;

  /** Removes `bucket` with all its keys. */
  dropBucket(bucket: Uint8Array): Answering<DropBucketOutcome>;

  /** What there is to say of `bucket`; its keys are counted exactly. */
  describeBucket(bucket: Uint8Array): Answering<BucketOutcome>;

  get(bucket: Uint8Array, key: Uint8Array): Answering<GetOutcome>;

  /** What there is to say of `key`; its value is not read. */
  describeKey(bucket: Uint8Array, key: Uint8Array): Answering<KeyOutcome>;

  /**
   * Puts every field, or none of them: after a crash too. A key named twice takes the later value.
   * Each condition is judged against the state before the call; where the bucket is made for the call
   * that is an empty one, so that `absent` holds and a revision conflicts.
   *
   * With `createsBucket` the bucket and the fields are made together: after a crash, too, both are there or
   * neither is. A put that does not go through makes no bucket.
   */
  put(bucket: Uint8Array, fields: readonly Field[], options?: PutOptions): Answering<PutOutcome>;

  /**
   * Deletes the keys that are there, all or none after a crash; a transient bucket goes with the last one. With a `condition` (of type
   * `revision`) every key must match it, or nothing is deleted.
   */
  delete(
    bucket: Uint8Array,
    keys: readonly Uint8Array[],
    condition?: Condition,
  ): Answering<DeleteOutcome>;

  /**
   * Sets when `key`, or with `key` undefined the whole bucket, expires, if its conditions hold of what is there before the
   * call. A time that has passed already makes it disappear at once.
   */
  expire(
    bucket: Uint8Array,
    key: Uint8Array | undefined,
    expiry: NewExpiry,
  ): Answering<ExpireOutcome>;

  /**
   * A page of buckets; it may be empty and not the last one. Following the cursors to the end never misses one that was there throughout;
   * whether one may come twice is declared by the engine's `StoreTraits`.
   */
  listBuckets(options?: ListOptions): Answering<ListBucketsOutcome>;

  /** A page of the keys of `bucket`, with the promises of {@link Buckets.listBuckets}. */
  listKeys(bucket: Uint8Array, options?: ListOptions): Answering<ListKeysOutcome>;
}

/** An open store. Disposing it makes everything that was called durable, and frees the engine's files. */
export interface Store extends Buckets, AsyncDisposable {
  readonly traits: StoreTraits;

  /** What an operator wants to know; cheap enough to be asked every second. */
  statistics(): StoreStatistics;

  /** How many buckets there are, as nearly as that can be had, in an engine whose `statistics` do not count; `undefined` in others. */
  readonly countBuckets?: (() => Promise<number>) | undefined;

  /** Has all later mutations get revisions above `atLeast`, one of another store; after a crash too, once one is durable. */
  raiseRevision(atLeast: Revision): void;

  /** Gives the space of dead bytes back as far as there is any; `undefined` in an engine without files. */
  readonly compact?: ((options?: MaintenanceOptions) => Promise<CompactionResult>) | undefined;

  /**
   * Writes a copy of the store, as it is at some moment during the call, into `directory`, which must
   * not be there yet. The copy opens as a store. `undefined` in an engine without files.
   */
  readonly backup?:
    | ((directory: string, options?: MaintenanceOptions) => Promise<BackupResult>)
    | undefined;
}
