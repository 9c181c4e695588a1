import { type BucketRef, NEVER } from "../../key-index/entry.ts";
import type { KeyIndex } from "../../key-index/key-index.ts";
import { KEY_LIMIT_BYTES } from "../format/field.ts";
import {
  BUCKET_ITEM_BYTES,
  ITEM_EXPIRES,
  ITEM_IS_BUCKET,
  ITEM_IS_TRANSIENT,
  ITEM_TIME_BYTES,
  KEY_ITEM_BYTES,
} from "./snapshot-block.ts";

/** The upper half of a number below 2^53 is below this. */
const HIGH_LIMIT = 2 ** 21;

/** Those that mean something of a bucket. */
const BUCKET_FLAGS = ITEM_IS_BUCKET | ITEM_EXPIRES | ITEM_IS_TRANSIENT;

/** As the index has it. */
const SEGMENT_LIMIT = 2 ** 28;

/**
 * Fills an index with the items of blocks, which have to be shown to it in order. A start waits for
 * this, ten million times over: nothing is made for a key but the key.
 */
export class BlockLoader {
  readonly #index: KeyIndex;
  #bucket: BucketRef = 0;
  #buckets = 0;
  #keys = 0;
  readonly #fields = { revision: 0, expiresAtMs: NEVER, segment: 0, offset: 0, valueBytes: 0 };

  constructor(index: KeyIndex) {
    this.#index = index;
  }

  /** How many of each there were until now. */
  get counts(): { readonly buckets: number; readonly keys: number } {
    return { buckets: this.#buckets, keys: this.#keys };
  }

  /** Takes the items from `start` to `end`, whose checksum was good. Returns false when they make no sense. */
  load(bytes: Uint8Array, start: number, end: number): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, end);
    let at = start;
    while (at < end) {
      const isBucket = (bytes[at]! & ITEM_IS_BUCKET) !== 0;
      const length = isBucket ? this.#loadBucket(bytes, view, at) : this.#loadKey(bytes, view, at);
      if (length === 0) return false;
      at += length;
    }
    return true;
  }

  /** Returns how long the item is; 0 when it makes no sense. */
  #loadKey(bytes: Uint8Array, view: DataView, at: number): number {
    const end = view.byteLength;
    if (this.#bucket === 0 || at + KEY_ITEM_BYTES > end) return 0;
    const fields = this.#fields;
    const high = view.getUint32(at + 21, true);
    fields.segment = view.getUint32(at + 5, true);
    fields.offset = view.getUint32(at + 9, true);
    fields.valueBytes = view.getUint32(at + 13, true);
    fields.revision = high * 2 ** 32 + view.getUint32(at + 17, true);
    fields.expiresAtMs = NEVER;
    let keyStart = at + KEY_ITEM_BYTES;
    if (bytes[at] !== 0) {
      if (bytes[at] !== ITEM_EXPIRES || keyStart + ITEM_TIME_BYTES > end) return 0;
      fields.expiresAtMs = timeAt(view, keyStart);
      keyStart += ITEM_TIME_BYTES;
    }
    const keyEnd = keyStart + view.getUint32(at + 1, true);
    if (
      keyEnd > end ||
      keyEnd - keyStart > KEY_LIMIT_BYTES ||
      high >= HIGH_LIMIT ||
      fields.segment >= SEGMENT_LIMIT ||
      Number.isNaN(fields.expiresAtMs)
    ) {
      return 0;
    }
    this.#index.append(this.#bucket, bytes, keyStart, keyEnd, fields);
    this.#keys++;
    return keyEnd - at;
  }

  /** Returns how long the item is; 0 when it makes no sense. */
  #loadBucket(bytes: Uint8Array, view: DataView, at: number): number {
    const end = view.byteLength;
    const flags = bytes[at]!;
    const expires = (flags & ITEM_EXPIRES) !== 0;
    const nameStart = at + BUCKET_ITEM_BYTES + (expires ? ITEM_TIME_BYTES : 0);
    if ((flags & ~BUCKET_FLAGS) !== 0 || nameStart > end) return 0;
    const nameEnd = nameStart + view.getUint32(at + 45, true);
    const id = numberAt(view, at + 1);
    const revision = numberAt(view, at + 9);
    const standing = numberAt(view, at + 17);
    const removal = numberAt(view, at + 25);
    const keys = numberAt(view, at + 33);
    const segment = view.getUint32(at + 41, true);
    const expiresAtMs = expires ? timeAt(view, at + BUCKET_ITEM_BYTES) : NEVER;
    // One number out of range makes the sum NaN.
    if (Number.isNaN(id + revision + standing + removal + keys + expiresAtMs)) return 0;
    if (nameEnd > end || nameEnd - nameStart > KEY_LIMIT_BYTES || segment >= SEGMENT_LIMIT)
      return 0;
    const index = this.#index;
    const name = bytes.subarray(nameStart, nameEnd);
    if (id === 0 || index.bucketWithId(id) !== 0 || index.bucketNamed(name) !== 0) return 0;
    const bucket = index.createBucket(id, name);
    index.setBucketRevision(bucket, revision);
    index.setBucketStandingRevision(bucket, standing);
    index.setBucketRemovalRevision(bucket, removal);
    index.setBucketSegment(bucket, segment);
    index.lifetimes.setTransient(bucket, (flags & ITEM_IS_TRANSIENT) !== 0);
    if (expires) index.setBucketExpiresAtMs(bucket, expiresAtMs);
    index.expectKeys(bucket, keys);
    this.#bucket = bucket;
    this.#buckets++;
    return nameEnd - at;
  }
}

/** A whole number from 0 to 2^53 - 1; NaN when it is none. */
function numberAt(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true);
  return high < HIGH_LIMIT ? high * 2 ** 32 + view.getUint32(at, true) : Number.NaN;
}

/** A whole number from -(2^53 - 1) to 2^53 - 1; NaN when it is none. */
function timeAt(view: DataView, at: number): number {
  const value = view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}
