import { type BucketRef, type EntryRef, type KeyIndex, NEVER } from "../../key-index/key-index.ts";
import { decodeField, fieldBytes, type LoggedField } from "../format/field.ts";
import { RECORD_TYPE } from "../format/log-record.ts";
import { RecordCursor } from "../format/record-cursor.ts";
import { SegmentFiles } from "../segment-files.ts";
import type { SurveyedSegment } from "../survey-log.ts";
import { isSystemError } from "../system-reason.ts";
import { keyName } from "./key-name.ts";
import { Listing } from "./listing.ts";
import type { StoreSight } from "./look-at-store.ts";
import type { KeyName, SkippedBytes } from "./salvage-report.ts";
import { bucketsOf, type SalvageWriter } from "./salvage-writer.ts";
import {
  type SegmentVisitor,
  type SkippedRange,
  walkSegment,
  type WalkedGroup,
} from "./segment-walk.ts";

/** Keys that are looked at between two writes. */
const PAGE_KEYS = 1000;

/** What {@link copyReadable} works with. */
export interface CopyReadableOptions {
  readonly sight: StoreSight;
  /** The segments to read, in order. */
  readonly segments: readonly SurveyedSegment[];
  /** What every key was said to be. Every key is taken out of it. */
  readonly index: KeyIndex;
  /** The oldest segment that is needed. */
  readonly firstSegment: number;
  readonly writer: SalvageWriter;
  readonly pause: (segment: SurveyedSegment, readBytes: number) => Promise<void>;
}

/** What was read, and what could not be. */
export interface CopyResult {
  groups: number;
  records: number;
  /** The last group that was read; 0 for none. */
  lastSequence: number;
  /** Groups that were not found before that one, and the last of them; 0 for none. */
  lostGroups: number;
  lastLostSequence: number;
  readonly skipped: Listing<SkippedBytes>;
  skippedBytes: number;
  readonly lostKeys: Listing<KeyName>;
}

/**
 * Writes every key whose value can be read and is proven by its checksum. Goes through the log from its
 * beginning, once, and copies a key when it comes by the place where the index has it. Of the keys that are
 * left then, whose groups are damaged, it looks at each: its own part of the group may be good.
 */
export async function copyReadable(options: CopyReadableOptions): Promise<CopyResult> {
  const { sight, segments, index, writer } = options;
  const firstSequence = segments[0]?.header?.firstSequence ?? 1;
  const result: CopyResult = {
    groups: 0,
    records: 0,
    lastSequence: firstSequence - 1,
    lostGroups: 0,
    lastLostSequence: 0,
    skipped: new Listing(),
    skippedBytes: 0,
    lostKeys: new Listing(),
  };
  for (const file of segments) {
    const { segment, path, lengthBytes } = file;
    const copy = new SegmentCopy(options, file, result);
    const mayHaveRoom = segment === sight.roomSegment;
    const toWalk = { path, lengthBytes, seed: sight.seed, mayHaveRoom };
    await walkSegment(sight.files, toWalk, copy);
    await writer.write();
  }
  await using rest = new RestCopy(options, result);
  for (const bucket of bucketsOf(index)) await rest.copy(bucket);
  return result;
}

class SegmentCopy implements SegmentVisitor {
  readonly #options: CopyReadableOptions;
  readonly #file: SurveyedSegment;
  readonly #result: CopyResult;
  readonly #cursor = new RecordCursor();

  constructor(options: CopyReadableOptions, file: SurveyedSegment, result: CopyResult) {
    this.#options = options;
    this.#file = file;
    this.#result = result;
  }

  get nextSequence(): number {
    return this.#result.lastSequence + 1;
  }

  group({ header, offsetBytes, bytes, start, end }: WalkedGroup): void {
    const { sequence } = header;
    const result = this.#result;
    if (sequence <= result.lastSequence) {
      const lengthBytes = end - offsetBytes;
      const reason = `group ${sequence} stands behind group ${result.lastSequence}`;
      this.skipped({ offsetBytes, lengthBytes, reason });
      return;
    }
    if (sequence > this.nextSequence) this.#lose(sequence - 1);
    result.lastSequence = sequence;
    result.groups += 1;
    const cursor = this.#cursor;
    cursor.open(bytes, start, end);
    while (cursor.nextRecord()) {
      result.records += 1;
      if (cursor.type !== RECORD_TYPE.put && cursor.type !== RECORD_TYPE.copy) continue;
      while (cursor.nextItem()) this.#copyField(bytes);
    }
  }

  skipped({ offsetBytes, lengthBytes, reason }: SkippedRange): void {
    const { path } = this.#file;
    const result = this.#result;
    result.skipped.add({ path, offsetBytes, bytes: lengthBytes, reason });
    result.skippedBytes += lengthBytes;
    // How many groups they were is known when the next one is found.
    result.lastLostSequence = Math.max(result.lastLostSequence, this.nextSequence);
  }

  async pause(readBytes: number): Promise<void> {
    await this.#options.writer.write();
    await this.#options.pause(this.#file, readBytes);
  }

  /** The groups from the next one up to this one are not there. */
  #lose(lastSequence: number): void {
    const result = this.#result;
    // Where the first header is damaged, nobody knows which group is the first one.
    const isBegun = result.groups > 0 || this.#options.segments[0]?.header !== undefined;
    if (!isBegun) return;
    result.lostGroups += lastSequence - result.lastSequence;
    result.lastLostSequence = lastSequence;
  }

  #copyField(bytes: Uint8Array): void {
    const { index, writer } = this.#options;
    const { bucketId, fieldStart, keyStart, keyEnd, fieldEnd } = this.#cursor;
    const bucket = index.bucketWithId(bucketId);
    if (bucket === 0) return;
    const entry = index.find(bucket, bytes, keyStart, keyEnd);
    if (entry === 0 || index.segment(entry) !== this.#file.segment) return;
    if (index.offset(entry) !== fieldStart) return;
    const field = decodeField(bytes.subarray(fieldStart, fieldEnd), bucketId);
    if (field === undefined) return;
    writer.copy(bucket, entry, field);
    index.remove(bucket, entry);
  }
}

/** Copies the keys that are left in an index, one by one, as far as their own bytes are good. */
class RestCopy implements AsyncDisposable {
  readonly #options: CopyReadableOptions;
  readonly #result: CopyResult;
  readonly #files: SegmentFiles;

  constructor(options: CopyReadableOptions, result: CopyResult) {
    const { files, directory } = options.sight;
    this.#options = options;
    this.#result = result;
    this.#files = new SegmentFiles({ files, directory });
  }

  async copy(bucket: BucketRef): Promise<void> {
    const { index, writer } = this.#options;
    let position: number | undefined = 0;
    while (position !== undefined && index.bucketKeyCount(bucket) > 0) {
      const entries: EntryRef[] = [];
      position = index.listKeys(bucket, position, PAGE_KEYS, (entry) => entries.push(entry) > 0);
      for (const entry of entries) {
        const field = await this.#read(bucket, entry);
        if (field !== undefined) writer.copy(bucket, entry, field);
        else if (!this.#hasLapsed(entry)) {
          this.#result.lostKeys.add(keyName(index.bucketName(bucket), index.key(entry)));
        }
        index.remove(bucket, entry);
      }
      await writer.write();
    }
  }

  /** Whether a snapshot has a key whose time came before its segment was compacted, which left it behind. */
  #hasLapsed(entry: EntryRef): boolean {
    const { index, firstSegment } = this.#options;
    return index.expiresAtMs(entry) !== NEVER && index.segment(entry) < firstSegment;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#files.close();
  }

  async #read(bucket: BucketRef, entry: EntryRef): Promise<LoggedField | undefined> {
    const { index } = this.#options;
    const length = fieldBytes(index.keyBytes(entry), index.valueBytes(entry));
    try {
      const bytes = await this.#files.read(index.segment(entry), index.offset(entry), length);
      const field = decodeField(bytes, index.bucketId(bucket));
      const isIt = field !== undefined && index.hasKey(entry, field.key, 0, field.key.length);
      return isIt ? field : undefined;
    } catch (error) {
      // The file is gone.
      if (!isSystemError(error)) throw error;
      return undefined;
    }
  }
}
