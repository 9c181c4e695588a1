import type { EntryRef } from "../../key-index/entry.ts";
import type { KeyIndex } from "../../key-index/key-index.ts";
import type { BlockWriter } from "./block-writer.ts";

/** Buckets and keys of one slice: a microsecond each at worst, when each is somewhere else in memory. */
const SLICE_ITEMS = 500;

/** Bytes of one slice, when keys are long: copying them takes about as long. */
const SLICE_BYTES = 128 * 1024;

/** Buckets noted at a time. */
const NOTED_BUCKETS = 256;

/**
 * Goes through an index in slices, between which anything may happen to it, and adds to a
 * {@link BlockWriter} what it meets: every bucket and key that stays throughout once, whatever comes
 * or goes at most once, each as it was when the scan came by.
 *
 * A reference may stand for another bucket after the slice, so what is kept between slices are ids,
 * which never return, and positions in the listings, which pass over nothing that stays.
 */
export class IndexScan {
  readonly #index: KeyIndex;
  readonly #blocks: BlockWriter;
  readonly #sliceItems: number;
  /** Where the listing of buckets goes on; `undefined` when it is at its end. */
  #bucketPosition: number | undefined = 0;
  /** Buckets that are still to be visited, by id, the next one last. */
  #noted: number[] = [];
  /** The bucket whose keys are being listed, 0 for none, and where that goes on. */
  #bucketId = 0;
  #keyPosition = 0;
  /** Keys that are asked for at once: few, once they turned out to be long, as a page cannot be left early. */
  #pageKeys = 1;
  #itemsLeft = 0;
  #bytesLeft = 0;

  /** A slice has `sliceItems` buckets and keys, 500 by default; those of one hash more. */
  constructor(index: KeyIndex, blocks: BlockWriter, sliceItems = SLICE_ITEMS) {
    this.#index = index;
    this.#blocks = blocks;
    this.#sliceItems = sliceItems;
  }

  /** Adds one slice. Returns whether there is more. */
  scanSlice(): boolean {
    this.#itemsLeft = this.#sliceItems;
    this.#bytesLeft = SLICE_BYTES;
    while (this.#itemsLeft > 0 && this.#bytesLeft > 0) {
      if (this.#bucketId === 0 && !this.#enterNextBucket()) return false;
      if (this.#bucketId !== 0) this.#scanPage();
    }
    return true;
  }

  /** Adds the next bucket that is still there, unless the slice is over. Returns false at the end of the index. */
  #enterNextBucket(): boolean {
    if (this.#noted.length === 0) this.#noteBuckets();
    const id = this.#noted.pop();
    if (id === undefined) return this.#bucketPosition !== undefined;
    this.#itemsLeft--;
    const bucket = this.#index.bucketWithId(id);
    if (bucket === 0) return true;
    this.#bytesLeft -= this.#blocks.addBucket(bucket);
    this.#bucketId = id;
    this.#keyPosition = 0;
    this.#pageKeys = 1;
    return true;
  }

  #noteBuckets(): void {
    if (this.#bucketPosition === undefined) return;
    this.#bucketPosition = this.#index.listBuckets(
      this.#bucketPosition,
      NOTED_BUCKETS,
      (bucket) => {
        this.#noted.push(this.#index.bucketId(bucket));
        return true;
      },
    );
    this.#noted.reverse();
  }

  #scanPage(): void {
    const bucket = this.#index.bucketWithId(this.#bucketId);
    // Dropped since the slice before. What is in the snapshot of it goes when the log is replayed.
    if (bucket === 0) {
      this.#bucketId = 0;
      return;
    }
    const bytesBefore = this.#bytesLeft;
    const itemsBefore = this.#itemsLeft;
    const limit = Math.min(this.#pageKeys, itemsBefore);
    const next = this.#index.listKeys(bucket, this.#keyPosition, limit, this.#visit);
    if (next === undefined) this.#bucketId = 0;
    else this.#keyPosition = next;
    const bytes = bytesBefore - this.#bytesLeft;
    const keys = itemsBefore - this.#itemsLeft;
    const affordable = Math.floor((SLICE_BYTES * keys) / (bytes + 1));
    this.#pageKeys = Math.max(1, Math.min(2 * limit, affordable, this.#sliceItems));
  }

  readonly #visit = (entry: EntryRef): boolean => {
    this.#itemsLeft--;
    this.#bytesLeft -= this.#blocks.addKey(entry);
    return true;
  };
}
