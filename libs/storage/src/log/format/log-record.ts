import type { Mutation } from "../../state/mutation.ts";
import type { MutationNumber } from "../../state/mutation-number.ts";

/**
 * What the payload of a group is made of: mutations, and the names of the buckets they speak of.
 * Numbers are little-endian; every record begins alike.
 *
 * ```text
 *  0      1       2            10           18
 *  ┌──────┬───────┬────────────┬────────────┬─────────────────
 *  │ type │ flags │ bucket id  │ revision   │ what the type has
 *  │ u8   │ u8    │ u64        │ u64        │
 *  └──────┴───────┴────────────┴────────────┴─────────────────
 *
 *  1 BUCKET         ┌─────────────────┬──────┐  flags: bit 0, declared again: not a mutation
 *                   │ name length u32 │ name │         bit 1, born of a put: goes with its last
 *                   └─────────────────┴──────┘                key (kept free, 0 in version 1)
 *  2 DROP             nothing
 *  3 PUT            ┌───────────┬──────────────────────────────────────────────────────────┐
 *                   │ count u32 │ count times:                                             │
 *                   │           │ flags u8 │ key length u32 │ value length u32 │           │
 *                   │           │ [expires at, i64] │ key │ value                          │
 *                   └───────────┴──────────────────────────────────────────────────────────┘
 *                                            flags of a field: bit 0, it expires
 *  4 DELETE         ┌───────────┬─────────────────────────────────────────┐
 *                   │ count u32 │ count times: key length u32 │ key       │
 *                   └───────────┴─────────────────────────────────────────┘
 *  5 EXPIRE BUCKET  ┌───────────────────┐      flags: bit 0, it expires
 *                   │ [expires at, i64] │
 *                   └───────────────────┘
 *  6 EXPIRE KEY     ┌───────────────────┬────────────────┬─────┐  flags: bit 0, it expires
 *                   │ [expires at, i64] │ key length u32 │ key │
 *                   └───────────────────┴────────────────┴─────┘
 * ```
 *
 * `expires at` is in Unix milliseconds and stands there only when its flag is set. Unused flag bits
 * are 0. Counts are at least 1.
 */
export type LogRecord = Mutation | BucketDeclaration;

/**
 * Repeats the name of a bucket before its first use in a segment, so that every segment can be
 * understood alone. Its revision is the bucket's id; it changes nothing.
 */
export interface BucketDeclaration {
  readonly type: "declare";
  readonly bucketId: MutationNumber;
  readonly revision: MutationNumber;
  readonly name: Uint8Array;
}

/** The first byte of each kind of record. */
export const RECORD_TYPE = {
  bucket: 1,
  drop: 2,
  put: 3,
  delete: 4,
  expireBucket: 5,
  expireKey: 6,
} as const;

/** Flag of a BUCKET record: it repeats the name of one that exists. */
export const FLAG_AGAIN = 1;

/** Flag of a field and of the EXPIRE records: a time follows. */
export const FLAG_EXPIRES = 1;
