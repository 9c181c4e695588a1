import type { Mutation } from "../../state/mutation.ts";
import type { Lifetime } from "../../store.ts";

/**
 * What the payload of a group is made of: mutations, and what lets the oldest segments of a log be
 * taken away without anybody missing them. Numbers are little-endian; every record begins alike.
 *
 * ```text
 *  0      1       2            10           18
 *  ┌──────┬───────┬────────────┬────────────┬─────────────────
 *  │ type │ flags │ bucket id  │ revision   │ what the type has
 *  │ u8   │ u8    │ u64        │ u64        │
 *  └──────┴───────┴────────────┴────────────┴─────────────────
 *
 *  1 BUCKET         ┌───────────────────┬─────────────────┬──────┐
 *                   │ [expires at, i64] │ name length u32 │ name │
 *                   └───────────────────┴─────────────────┴──────┘
 *                     flags: bit 0, again: not a mutation, but all there is to say of a bucket that
 *                            exists; bit 1 (with bit 0 only), it expires; bit 2, it is transient
 *  2 DROP             nothing
 *  3 PUT            ┌───────────┬────────────────────┐
 *                   │ count u32 │ count times: field │    the field is drawn at LoggedField
 *                   └───────────┴────────────────────┘
 *  4 DELETE         ┌───────────┬─────────────────────────────────────────┐
 *                   │ count u32 │ count times: key length u32 │ key       │
 *                   └───────────┴─────────────────────────────────────────┘
 *  5 EXPIRE BUCKET  ┌───────────────────┐      flags: bit 0, it expires
 *                   │ [expires at, i64] │
 *                   └───────────────────┘
 *  6 EXPIRE KEY     ┌───────────────────┬────────────────┬─────┐  flags: bit 0, it expires
 *                   │ [expires at, i64] │ key length u32 │ key │
 *                   └───────────────────┴────────────────┴─────┘
 *  7 COPY           ┌───────┐    one field, moved here from an older segment: not a mutation; its
 *                   │ field │    revision is the key's own
 *                   └───────┘
 *  8 TRIM             nothing: the place of the bucket id holds the number of the oldest segment that
 *                     is still needed, that of the revision holds 0
 *  9 KEEP             nothing: the bucket is not transient any more
 * ```
 *
 * `expires at` is in Unix milliseconds and stands there only when its flag is set (in a field, always).
 * Unused flag bits are 0. Counts are at least 1.
 */
export type LogRecord = Mutation | RestateRecord | CopyRecord | TrimRecord;

/**
 * All there is to say of a bucket besides its keys. It stands before the bucket's first use in every
 * segment but the one it was created in, and is written again when the last segment that has it is
 * taken away. Replaying it changes nothing, unless the segment that created the bucket is gone.
 */
export interface RestateRecord {
  readonly type: "restate";
  readonly bucketId: number;
  /** The latest mutation of the bucket: its id or higher. */
  readonly revision: number;
  readonly name: Uint8Array;
  /** `undefined`, or when encoding `Infinity` too, for never. */
  readonly expiresAtMs: number | undefined;
  /** `kept` when it is left out. */
  readonly lifetime?: Lifetime | undefined;
}

/** A key whose segment is about to be taken away, once more, with the revision and time it has now. */
export interface CopyRecord {
  readonly type: "copy";
  readonly bucketId: number;
  /** The latest mutation of the key: not above the revisions before it, and in no order with them. */
  readonly revision: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** `undefined`, or when encoding `Infinity` too, for never. */
  readonly expiresAtMs: number | undefined;
}

/** Nobody needs the segments below `firstSegment` any more. */
export interface TrimRecord {
  readonly type: "trim";
  /** From 1 up to the number of the segment that holds the record. */
  readonly firstSegment: number;
}

/** The first byte of each kind of record. */
export const RECORD_TYPE = {
  bucket: 1,
  drop: 2,
  put: 3,
  delete: 4,
  expireBucket: 5,
  expireKey: 6,
  copy: 7,
  trim: 8,
  keep: 9,
} as const;

/** Flag of a BUCKET record: it says again what is known of a bucket that exists. */
export const FLAG_AGAIN = 1;

/** Flag of a BUCKET record: a time follows. */
export const FLAG_BUCKET_EXPIRES = 2;

/** Flag of a BUCKET record: the bucket goes with its last key. */
export const FLAG_TRANSIENT = 4;

/** Flag of the EXPIRE records: a time follows. */
export const FLAG_EXPIRES = 1;
