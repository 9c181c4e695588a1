import type { BucketName, Condition, ExpiryCondition, Field } from "@kv/kv";
import type { Glob } from "./glob.ts";

/**
 * What a client asks of the buckets, whatever protocol it speaks.
 *
 * The bytes in it may be views of a read buffer: they are good until the decoder that made the command is
 * asked for the next one. A store copies what it keeps, and so does whoever carries out a command in several steps.
 */
export type Command =
  | OfBucket<"create">
  | GetCommand
  | PutCommand
  | DeleteCommand
  | OfKey<"describe-key">
  | OfKeys<"get-many">
  | ReadBucketCommand
  | OfBucket<"describe">
  | OfBuckets<"count-standing">
  | OfBuckets<"drop">
  | { readonly type: "count-buckets" }
  | { readonly type: "list-buckets"; readonly pattern: Glob | undefined }
  | ScanBucketsCommand
  | ScanKeysCommand
  | DrawKeysCommand
  | IncrementCommand
  | ExpireBucketCommand
  | ExpireKeysCommand
  | OfKeys<"key-times">;

interface OfBucket<Type extends string> {
  readonly type: Type;
  readonly bucket: BucketName;
}

interface OfBuckets<Type extends string> {
  readonly type: Type;
  /** One that is named twice counts twice. */
  readonly buckets: readonly BucketName[];
}

interface OfKey<Type extends string> extends OfBucket<Type> {
  readonly key: Uint8Array;
}

interface OfKeys<Type extends string> extends OfBucket<Type> {
  readonly keys: readonly Uint8Array[];
}

/** Reads a key. */
export type GetCommand = OfKey<"get">;

/** Puts all fields, or none. */
export interface PutCommand extends OfBucket<"put"> {
  readonly fields: readonly Field[];
  /** Whether a bucket that is missing is made, one that goes with its last key; otherwise there is `no-bucket`. */
  readonly createsBucket?: boolean;
  /** When the fields expire, which then have no time of their own. */
  readonly expiry?: Expiry | undefined;
}

/** Deletes the keys that are there: all of them, or none when the condition does not hold for one. */
export interface DeleteCommand extends OfKeys<"delete"> {
  readonly condition?: Condition | undefined;
}

/** Everything in a bucket as it is at one moment. */
export interface ReadBucketCommand extends OfBucket<"read-bucket"> {
  readonly parts: "keys" | "values" | "both";
}

/** Part of a listing. */
export interface Scan {
  /** Where an earlier part said it goes on; `undefined` for the beginning. */
  readonly cursor: string | undefined;
  /** About how many entries are looked at, from 1 up. */
  readonly count: number;
  /** Only what matches is shown. */
  readonly pattern: Glob | undefined;
}

/** A part of the buckets. */
export interface ScanBucketsCommand extends Scan {
  readonly type: "scan-buckets";
}

/** A part of the keys of a bucket, with their values. */
export interface ScanKeysCommand extends Scan, OfBucket<"scan-keys"> {}

/** Keys by chance: `count` different ones or all there are; a negative count draws so many, some perhaps again. */
export interface DrawKeysCommand extends OfBucket<"draw-keys"> {
  readonly count: number;
  readonly withValues: boolean;
}

/** Adds to the whole number that a key's value is, taken for 0 where there is none. */
export interface IncrementCommand extends OfKey<"increment"> {
  readonly by: bigint;
}

/**
 * When something expires. *in*: so many milliseconds from now. *at*: Unix milliseconds. *never*: not at all.
 */
export type Expiry =
  | { readonly type: "in" | "at"; readonly ms: number }
  | { readonly type: "never" };

interface SetsExpiry {
  readonly expiry: Expiry;
  /** All that must hold of the expiry that may be replaced. */
  readonly conditions: readonly ExpiryCondition[];
}

/** Sets when a bucket expires. */
export interface ExpireBucketCommand extends OfBucket<"expire-bucket">, SetsExpiry {}

/** Sets when keys expire, each by itself. */
export interface ExpireKeysCommand extends OfKeys<"expire-keys">, SetsExpiry {}
