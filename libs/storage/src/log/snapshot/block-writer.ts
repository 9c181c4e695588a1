import type { BucketRef, EntryRef } from "../../key-index/entry.ts";
import type { KeyIndex } from "../../key-index/key-index.ts";
import {
  BLOCK_BYTES,
  BLOCK_HEADER_BYTES,
  BUCKET_ITEM_BYTES,
  ITEM_EXPIRES,
  ITEM_IS_BUCKET,
  ITEM_IS_TRANSIENT,
  ITEM_TIME_BYTES,
  KEY_ITEM_BYTES,
  sealBlock,
} from "./snapshot-block.ts";

/** Lays out what it is shown of an index in blocks, one directly after the other; `snapshot-block.ts` draws them. */
export class BlockWriter {
  readonly #index: KeyIndex;
  readonly #seed: number;
  #bytes = new Uint8Array(2 * BLOCK_BYTES);
  #view = new DataView(this.#bytes.buffer);
  /** Where the open block begins; before it are the finished ones. */
  #start = 0;
  #length = BLOCK_HEADER_BYTES;
  #blocks = 0;
  #buckets = 0;
  #keys = 0;

  /** For the snapshot of `index` whose header has the checksum `seed`. */
  constructor(index: KeyIndex, seed: number) {
    this.#index = index;
    this.#seed = seed;
  }

  /** How many blocks were finished, and how many buckets and keys were added, from the first one on. */
  get counts(): { readonly blocks: number; readonly buckets: number; readonly keys: number } {
    return { blocks: this.#blocks, buckets: this.#buckets, keys: this.#keys };
  }

  /** The finished blocks, as a view: good until the next call. */
  finished(): Uint8Array {
    return this.#bytes.subarray(0, this.#start);
  }

  /** Drops the finished blocks: they are written. */
  dropFinished(): void {
    this.#bytes.copyWithin(0, this.#start, this.#length);
    this.#length -= this.#start;
    this.#start = 0;
  }

  /** Adds a bucket; the keys added from now on are its own. Returns how many bytes that took. */
  addBucket(bucket: BucketRef): number {
    const index = this.#index;
    const name = index.bucketName(bucket);
    const expiresAtMs = index.bucketExpiresAtMs(bucket);
    const length = BUCKET_ITEM_BYTES + timeBytes(expiresAtMs) + name.length;
    const at = this.#reserve(length);
    this.#bytes[at] =
      ITEM_IS_BUCKET | (index.lifetimes.isTransient(bucket) ? ITEM_IS_TRANSIENT : 0);
    this.#setNumber(at + 1, index.bucketId(bucket));
    this.#setNumber(at + 9, index.bucketRevision(bucket));
    this.#setNumber(at + 17, index.bucketStandingRevision(bucket));
    this.#setNumber(at + 25, index.bucketRemovalRevision(bucket));
    this.#setNumber(at + 33, index.bucketKeyCount(bucket));
    this.#view.setUint32(at + 41, index.bucketSegment(bucket), true);
    this.#view.setUint32(at + 45, name.length, true);
    this.#setTime(at, at + BUCKET_ITEM_BYTES, expiresAtMs);
    this.#bytes.set(name, at + length - name.length);
    this.#buckets++;
    this.#finishWhenFull();
    return length;
  }

  /** Adds a key of the bucket added last. Returns how many bytes that took. */
  addKey(entry: EntryRef): number {
    const index = this.#index;
    const keyBytes = index.keyBytes(entry);
    const expiresAtMs = index.expiresAtMs(entry);
    const length = KEY_ITEM_BYTES + timeBytes(expiresAtMs) + keyBytes;
    const at = this.#reserve(length);
    const view = this.#view;
    this.#bytes[at] = 0;
    view.setUint32(at + 1, keyBytes, true);
    view.setUint32(at + 5, index.segment(entry), true);
    view.setUint32(at + 9, index.offset(entry), true);
    view.setUint32(at + 13, index.valueBytes(entry), true);
    this.#setNumber(at + 17, index.revision(entry));
    this.#setTime(at, at + KEY_ITEM_BYTES, expiresAtMs);
    index.copyKey(entry, this.#bytes, at + length - keyBytes);
    this.#keys++;
    this.#finishWhenFull();
    return length;
  }

  /** Finishes the open block, if it holds anything. */
  finish(): void {
    if (this.#length - this.#start === BLOCK_HEADER_BYTES) return;
    sealBlock(this.#bytes.subarray(this.#start, this.#length), ++this.#blocks, this.#seed);
    this.#start = this.#length;
    this.#reserve(BLOCK_HEADER_BYTES);
  }

  #finishWhenFull(): void {
    if (this.#length - this.#start >= BLOCK_BYTES) this.finish();
  }

  /** Makes room for `length` bytes and returns where they go. */
  #reserve(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  /** A whole number from 0 to 2^53 - 1, in eight bytes. */
  #setNumber(at: number, value: number): void {
    // Of a number that is too large the view stores the lowest 32 bits.
    this.#view.setUint32(at, value, true);
    this.#view.setUint32(at + 4, value / 2 ** 32, true);
  }

  /** Writes the time, if there is one, and says so in the flags of the item. */
  #setTime(item: number, at: number, expiresAtMs: number): void {
    if (!Number.isFinite(expiresAtMs)) return;
    this.#bytes[item]! |= ITEM_EXPIRES;
    this.#view.setUint32(at, expiresAtMs, true);
    this.#view.setInt32(at + 4, Math.floor(expiresAtMs / 2 ** 32), true);
  }
}

function timeBytes(expiresAtMs: number): number {
  return Number.isFinite(expiresAtMs) ? ITEM_TIME_BYTES : 0;
}
