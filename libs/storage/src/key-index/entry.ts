/** Stands for a bucket of a `KeyIndex`: from 1 up, 0 for none. Good until the bucket is dropped; then used again. */
export type BucketRef = number;

/** Stands for a key of a `KeyIndex`: from 1 up, 0 for none. Good until the key is removed; then used again. */
export type EntryRef = number;

/** The time of what never expires. */
export const NEVER = Number.POSITIVE_INFINITY;

/** Is shown the ref of a bucket or a key that is listed, and says whether it counts for the limit. */
export type Visit = (ref: number) => boolean;

/** What is known of a key besides its bytes. */
export interface EntryFields {
  /** Whole, 0 to 2^53 - 1. */
  readonly revision: number;
  /** Whole Unix milliseconds, any safe integer; {@link NEVER} for never. */
  readonly expiresAtMs: number;
  /** The segment that holds the value, below 2^32. */
  readonly segment: number;
  /** Where in the segment, below 2^32. */
  readonly offset: number;
  /** Below 2^32. */
  readonly valueBytes: number;
}
