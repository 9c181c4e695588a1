import type { KeyIndex } from "../../key-index/key-index.ts";
import { GROUP_HEADER_BYTES } from "../format/group-header.ts";
import { RECORD_START_BYTES } from "../format/field.ts";
import { RECORD_TYPE } from "../format/log-record.ts";
import { RecordCursor } from "../format/record-cursor.ts";
import type { Group } from "../group.ts";
import type { LoggedIndex } from "../logged-index.ts";
import type { SegmentFiles } from "../segment-files.ts";
import { LARGEST_PORTION_BYTES } from "./compaction-policy.ts";
import type { DeadPlaces } from "./dead-places.ts";
import { FieldBatch } from "./field-batch.ts";
import {
  readGroups,
  SegmentDamage,
  type SegmentGroup,
  type SegmentToRead,
} from "./segment-groups.ts";

/** What a {@link SegmentCopier} works with. */
export interface SegmentCopierOptions {
  readonly index: KeyIndex;
  readonly logged: LoggedIndex;
  readonly files: SegmentFiles;
  readonly dead: DeadPlaces;
}

/** Buckets that are said again between two pauses. */
const BUCKETS_AT_ONCE = 1000;

/** To look a small field up and write it again takes about as long as to pass over so many bytes that are noted as dead. */
const FIELD_COST_BYTES = 1024;

/** Writes what the index still needs of a segment at the end of the log. */
export class SegmentCopier {
  readonly #options: SegmentCopierOptions;
  readonly #fields: FieldBatch;
  #latest: Group | undefined;
  #copiedBytes = 0;
  #lookedAtBytes = 0;

  constructor(options: SegmentCopierOptions) {
    this.#options = options;
    this.#fields = new FieldBatch(options.index);
  }

  /** Bytes of the fields that were written again, in all. */
  get copiedBytes(): number {
    return this.#copiedBytes;
  }

  /** Bytes of the segments that were looked at, in all. */
  get lookedAtBytes(): number {
    return this.#lookedAtBytes;
  }

  /** The group that holds the latest of what was written; `undefined` once it was asked for. */
  takeLatest(): Group | undefined {
    const latest = this.#latest;
    this.#latest = undefined;
    return latest;
  }

  /**
   * Goes through the oldest segment, as many bytes at a time as `nextPortion` answers, or fewer where much has to
   * be copied. What is put, deleted or dropped meanwhile is judged as it is when its record comes by. Throws
   * {@link SegmentDamage}, whatever reading throws, and whatever `nextPortion` throws.
   */
  async copy(toRead: SegmentToRead, nextPortion: () => Promise<number>): Promise<void> {
    const { files, dead } = this.#options;
    const { segment } = toRead;
    using pin = files.pin(segment);
    void pin;
    const buckets: number[] = [];
    const cursor = new RecordCursor();
    let portion = 0;
    let effort = 0;
    for await (const group of readGroups(files, toRead)) {
      this.#lookedAtBytes += GROUP_HEADER_BYTES;
      cursor.open(group.payload, 0, group.payload.length);
      while (cursor.nextRecord()) {
        if (portion <= 0 || effort <= 0) {
          portion = await nextPortion();
          dead.settle();
          effort = LARGEST_PORTION_BYTES;
        }
        const before = this.#lookedAtBytes;
        this.#lookedAtBytes += RECORD_START_BYTES;
        if (cursor.type === RECORD_TYPE.bucket) buckets.push(cursor.bucketId);
        if (cursor.type === RECORD_TYPE.put || cursor.type === RECORD_TYPE.copy) {
          effort -= FIELD_COST_BYTES * this.#gatherFields(cursor, segment, group);
        }
        const bytes = this.#lookedAtBytes - before;
        portion -= bytes;
        effort -= bytes;
      }
      this.#copyFields(segment, group);
      if (cursor.isBad) throw new SegmentDamage(group.payloadAt, "a group holds no records");
    }
    for (const [count, id] of buckets.entries()) {
      if (count % BUCKETS_AT_ONCE === 0) await nextPortion();
      this.#restate(segment, id);
    }
  }

  /** Gathers the fields of a record that were not noted as dead, and copies whenever there are many; returns how many they are. */
  #gatherFields(cursor: RecordCursor, segment: number, group: SegmentGroup): number {
    const { dead } = this.#options;
    let gathered = 0;
    while (cursor.nextItem()) {
      this.#lookedAtBytes += cursor.fieldEnd - cursor.fieldStart;
      if (dead.has(segment, group.payloadAt + cursor.fieldStart)) continue;
      gathered++;
      this.#fields.add(cursor);
      if (this.#fields.isFull) this.#copyFields(segment, group);
    }
    return gathered;
  }

  /** Copies what is needed of the fields that were gathered, all of them in `group`. */
  #copyFields(segment: number, group: SegmentGroup): void {
    const { logged } = this.#options;
    const { payload } = group;
    const words = new DataView(payload.buffer, payload.byteOffset, payload.length);
    this.#fields.take(segment, group, (field) => {
      this.#latest = logged.copy(field, words);
      this.#copiedBytes += field.end - field.start;
    });
  }

  /** Says a bucket again, unless a later segment does already. */
  #restate(segment: number, bucketId: number): void {
    const { index, logged } = this.#options;
    const bucket = index.bucketWithId(bucketId);
    if (bucket === 0 || index.bucketSegment(bucket) !== segment) return;
    this.#latest = logged.restate(bucket);
  }
}
