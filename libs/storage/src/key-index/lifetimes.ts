import type { BucketRows } from "./bucket-rows.ts";
import type { BucketRef } from "./entry.ts";

/** Which buckets go with their last key, and which of those have no key left and are to be dropped. */
export class Lifetimes {
  readonly #rows: BucketRows;
  /** On the JavaScript heap, as they are few: whoever looks after the index drops them soon. */
  readonly #forsaken = new Set<BucketRef>();

  constructor(rows: BucketRows) {
    this.#rows = rows;
  }

  /** Whether the bucket goes with its last key. It stays in the index without one until it is dropped. */
  isTransient(bucket: BucketRef): boolean {
    return this.#rows.isTransient(bucket);
  }

  /** Sets {@link isTransient}, which is false of a new bucket. */
  setTransient(bucket: BucketRef, isTransient: boolean): void {
    this.#rows.setTransient(bucket, isTransient);
    this.#forsaken.delete(bucket);
    if (this.#rows.keyCount(bucket) === 0) this.noteEmpty(bucket);
  }

  /** A transient bucket without a key, 0 for none. */
  get forsaken(): BucketRef {
    if (this.#forsaken.size === 0) return 0;
    const [bucket = 0] = this.#forsaken;
    return bucket;
  }

  /** The bucket has no key now. */
  noteEmpty(bucket: BucketRef): void {
    if (this.#rows.isTransient(bucket)) this.#forsaken.add(bucket);
  }

  /** The bucket has a key again, or is gone. */
  forget(bucket: BucketRef): void {
    if (this.#forsaken.size > 0) this.#forsaken.delete(bucket);
  }
}
