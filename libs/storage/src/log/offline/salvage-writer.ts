import { join } from "node:path";
import type { BucketRef, EntryRef, KeyIndex } from "../../key-index/key-index.ts";
import { segmentName } from "../file-names.ts";
import { type FilePort, writeFully } from "../file-port.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "../format/segment-header.ts";
import type { StoreId } from "../format/store-id.ts";
import type { Group } from "../group.ts";
import { GroupGatherer } from "../group-gatherer.ts";
import { writeSeal } from "../seal-file.ts";
import { SegmentWriter } from "../segment-writer.ts";
import { writing } from "./system-failures.ts";

/** As a store begins a new segment unless it is told otherwise. */
const SEGMENT_LIMIT_BYTES = 64 * 2 ** 20;

/** Groups of empty buckets that wait to be written: tens of megabytes. */
const GROUPS_AT_ONCE = 2;

/** What a {@link SalvageWriter} works with. */
export interface SalvageWriterOptions {
  readonly files: FilePort;
  /** Empty. */
  readonly directory: string;
  /** What failures are told of. */
  readonly target: string;
  readonly storeId: StoreId;
  /** The buckets of the new store, and its last revision. */
  readonly index: KeyIndex;
  /** 64 MiB by default. */
  readonly segmentLimitBytes?: number | undefined;
}

/**
 * Writes a store of nothing but what compaction writes: buckets said again, and copies of keys. So each
 * keeps its revision and its time. What the disk refuses rejects with `STORAGE_SALVAGE_FAILED`.
 */
export class SalvageWriter {
  readonly #options: SalvageWriterOptions;
  readonly #segments: SegmentWriter;
  readonly #gatherer: GroupGatherer;
  #groups: Group[] = [];
  #keys = 0;

  private constructor(options: SalvageWriterOptions, segments: SegmentWriter) {
    const { index, segmentLimitBytes = SEGMENT_LIMIT_BYTES } = options;
    const { end } = segments;
    this.#options = options;
    this.#segments = segments;
    this.#gatherer = new GroupGatherer({ end, firstSegment: 1, index, segmentLimitBytes });
  }

  /** Begins the first segment. Its header says which revisions were given out: to whom, no record tells. */
  static open(options: SalvageWriterOptions): Promise<SalvageWriter> {
    return writing(options.target, () => SalvageWriter.#open(options));
  }

  static async #open(options: SalvageWriterOptions): Promise<SalvageWriter> {
    const { files, directory, storeId, index } = options;
    const { lastRevision } = index;
    const start = { segment: 1, firstSequence: 1, firstSegment: 1, lastRevision };
    const path = join(directory, segmentName(1));
    const file = await files.open(path, { file: "new", syncsEveryWrite: false });
    try {
      await writeFully(file, encodeSegmentHeader({ storeId, ...start }), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    const end = { segment: 1, lengthBytes: SEGMENT_HEADER_BYTES, sequence: 0 };
    const unsynced = { syncsEveryWrite: false, syncsFirstGroup: false };
    // Asked for where every write is synced.
    const unasked = { clock: () => 0, mayStandStill: () => false };
    const settings = { files, directory, storeId, ...unsynced, ...unasked };
    const segments = await SegmentWriter.open(settings, { end, segments: [] });
    for (const bucket of bucketsOf(index)) index.setBucketSegment(bucket, 0);
    return new SalvageWriter(options, segments);
  }

  /** Keys that were added. */
  get keys(): number {
    return this.#keys;
  }

  /** Bytes of all segments, as far as they are written. */
  get bytes(): number {
    return this.#segments.lengths.totalBytes;
  }

  /** Adds a key, as the index has it; the arrays are read during the call only. */
  copy(bucket: BucketRef, entry: EntryRef, field: CopiedField): void {
    const { index } = this.#options;
    const { key, value } = field;
    const [bucketId, revision] = [index.bucketId(bucket), index.revision(entry)];
    const expiresAtMs = index.expiresAtMs(entry);
    this.#keep(this.#gatherer.add([{ type: "copy", bucketId, revision, key, value, expiresAtMs }]));
    this.#keys += 1;
  }

  /** Writes what was added. */
  async write(): Promise<void> {
    this.#gatherer.close();
    const groups = this.#groups;
    this.#groups = [];
    await writing(this.#options.target, async () => {
      for (const group of groups) {
        await this.#segments.append(group);
        this.#gatherer.recycle(group.writer);
      }
    });
  }

  /** Adds the buckets without a key, and seals the store: all of it is on the disk then. */
  async finish(): Promise<void> {
    const { index } = this.#options;
    for (const bucket of bucketsOf(index)) {
      if (index.bucketSegment(bucket) !== 0) continue;
      this.#keep(this.#gatherer.add([{ type: "restate", bucketId: index.bucketId(bucket) }]));
      if (this.#groups.length > GROUPS_AT_ONCE) await this.write();
    }
    await this.write();
    await writing(this.#options.target, () => this.#seal());
  }

  /** Gives the file up. */
  async close(): Promise<void> {
    await writing(this.#options.target, () => this.#segments.close());
  }

  async #seal(): Promise<void> {
    const { files, directory, storeId, index } = this.#options;
    await this.#segments.sync();
    const { segment, lengthBytes, sequence: lastSequence } = this.#segments.end;
    await this.#segments.close();
    const { lastRevision } = index;
    const places = { segment, lengthBytes, lastSequence, lastRevision, firstSegment: 1 };
    await writeSeal(files, directory, { storeId, ...places });
  }

  #keep(group: Group): void {
    if (this.#groups.at(-1) !== group) this.#groups.push(group);
  }
}

/** A key and its value as they stand in a log. */
export interface CopiedField {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** All buckets of an index that is not changed meanwhile. */
export function bucketsOf(index: KeyIndex): readonly BucketRef[] {
  const buckets: BucketRef[] = [];
  index.listBuckets(0, Number.POSITIVE_INFINITY, (bucket) => buckets.push(bucket) > 0);
  return buckets;
}
