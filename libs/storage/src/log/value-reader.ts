import { join } from "node:path";
import { StorageError } from "../errors.ts";
import { emit } from "../events.ts";
import type { EntryRef } from "../key-index/entry.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";
import { segmentName } from "./file-names.ts";
import { decodeField, fieldBytes } from "./format/field.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { SegmentFiles } from "./segment-files.ts";
import { isSystemError, systemReason } from "./system-reason.ts";

/** What a {@link ValueReader} looks through, in this order: cache, what waits for the log, the log. */
export interface ValueReaderOptions {
  readonly path: string;
  readonly index: KeyIndex;
  readonly cache: ValueCache;
  readonly commits: GroupCommit;
  readonly files: SegmentFiles;
}

/** The key whose value is asked for. */
export interface WantedValue {
  readonly entry: EntryRef;
  readonly bucketId: number;
  readonly key: Uint8Array;
}

/**
 * Finds the value of a key that is in the index: at once when it is in memory, by a promise when it
 * has to come from the disk. What comes from there is proven by its checksum and by its key.
 */
export class ValueReader {
  readonly #options: ValueReaderOptions;

  constructor(options: ValueReaderOptions) {
    this.#options = options;
  }

  /**
   * The value, as it is at the call; the array is the caller's. Rejects with `STORAGE_VALUE_DAMAGED`
   * or `STORAGE_READ_FAILED`.
   */
  read(wanted: WantedValue): Uint8Array | Promise<Uint8Array> {
    const { index, cache, commits } = this.#options;
    const { entry } = wanted;
    const cached = cache.get(entry);
    if (cached !== undefined) return cached;
    const segment = index.segment(entry);
    const offset = index.offset(entry);
    const length = fieldBytes(index.keyBytes(entry), index.valueBytes(entry));
    const pending = commits.readPending(segment, offset, length);
    if (pending === undefined) return this.#fetch(wanted, { segment, offset, length });
    const value = this.#prove(wanted, { segment, offset, length }, pending);
    cache.set(entry, value);
    return value;
  }

  async #fetch(wanted: WantedValue, at: Extent): Promise<Uint8Array> {
    const { cache, files } = this.#options;
    const { segment, offset, length } = at;
    // The caller's array is good during the call only.
    const kept = { ...wanted, key: Uint8Array.from(wanted.key) };
    let bytes: Uint8Array;
    try {
      bytes = await files.read(segment, offset, length);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const { reason } = systemReason(error);
      const details = { path: this.#pathOf(segment), offsetBytes: offset, reason };
      throw new StorageError("STORAGE_READ_FAILED", details, { cause: error });
    }
    const value = this.#prove(kept, at, bytes);
    if (this.#isThere(kept, at)) cache.set(kept.entry, value);
    return value;
  }

  /** Whether the entry is still the key's, which may have gone while the disk was asked, and the value the latest. */
  #isThere({ entry, bucketId, key }: WantedValue, at: Extent): boolean {
    const { index } = this.#options;
    const bucket = index.bucketWithId(bucketId);
    if (bucket === 0 || index.find(bucket, key, 0, key.length) !== entry) return false;
    return index.segment(entry) === at.segment && index.offset(entry) === at.offset;
  }

  #prove(wanted: WantedValue, at: Extent, bytes: Uint8Array): Uint8Array {
    const field = bytes.length === at.length ? decodeField(bytes, wanted.bucketId) : undefined;
    const isIt = field !== undefined && Buffer.compare(field.key, wanted.key) === 0;
    if (field !== undefined && isIt) return field.value;
    const path = this.#pathOf(at.segment);
    const reason = "a value's checksum or key does not match";
    const details = { path, offsetBytes: at.offset, reason };
    const error = new StorageError("STORAGE_VALUE_DAMAGED", details);
    emit({ level: "error", type: "value-damaged", message: error.message, ...details });
    throw error;
  }

  #pathOf(segment: number): string {
    return join(this.#options.path, segmentName(segment));
  }
}

/** Where a field lies in the log. */
interface Extent {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}
