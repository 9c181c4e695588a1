import type { BucketRef, KeyIndex } from "../key-index/key-index.ts";
import { lifetimeOf } from "../state/look-up.ts";
import type { Mutation } from "../state/mutation.ts";
import type { FieldPlace } from "../plain-operations.ts";
import { ByteWriter } from "./format/byte-writer.ts";
import { encodeCopy, encodePut, encodeRecord, type FieldBytes } from "./format/encode-record.ts";
import { COPY_START_BYTES, fieldBytes, PUT_START_BYTES } from "./format/field.ts";
import { GROUP_HEADER_BYTES } from "./format/group-header.ts";
import type { CopyRecord, TrimRecord } from "./format/log-record.ts";
import { SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import { Group } from "./group.ts";
import type { LogPosition } from "./log-position.ts";
import type { LogEnd } from "./log-replay.ts";

/**
 * A group that has grown to this takes no further record: one write should not last for seconds, and what buffers leave
 * behind as they grow should be little (with 16 MiB a node under load took 350 MiB where it takes 260, measured).
 */
const GROUP_LIMIT_BYTES = 4 * 2 ** 20;

/** A gibibyte. With the group's own limit it keeps every length of the format in 32 bits. */
const CALL_LIMIT_BYTES = 2 ** 30;

/** A buffer that a large group has blown up beyond this is not kept for the next one: twice what a group has, since buffers double. */
const SPARE_LIMIT_BYTES = 8 * 2 ** 20;

/** What a {@link GroupGatherer} has to know. */
export interface GroupGathererOptions {
  readonly end: LogEnd;
  /** The oldest segment that is needed. */
  readonly firstSegment: number;
  /** The store's keys as they are before what is added is applied. */
  readonly index: KeyIndex;
  readonly segmentLimitBytes: number;
  /** Most that the fields of one call may come to in the log; a gibibyte by default. */
  readonly callLimitBytes?: number;
}

/** What goes into a group. `restate` says anew, for a segment that needs it, what a bucket is. */
export type GroupRecord =
  | Mutation
  | CopyRecord
  | TrimRecord
  | { readonly type: "restate"; readonly bucketId: number };

/**
 * Lays records out in groups, and decides with the first record of a group which segment it goes to:
 * a bucket has to be named in every segment that speaks of it, so that must be known while encoding.
 * With it every byte's place in the log is known before it is written.
 */
export class GroupGatherer {
  readonly #options: GroupGathererOptions;
  #sequence: number;
  #segment: number;
  /** What the segment will hold once everything gathered is in it. */
  #segmentBytes: number;
  #lastRevision: number;
  #firstSegment: number;
  #fieldsAt = 0;
  #group: Group | undefined;
  #closedBytes = 0;
  #isRotating = false;
  #spare: ByteWriter | undefined;

  constructor(options: GroupGathererOptions) {
    const { segment, lengthBytes, sequence } = options.end;
    this.#options = options;
    this.#sequence = sequence;
    this.#segment = segment;
    this.#segmentBytes = lengthBytes;
    this.#lastRevision = options.index.lastRevision;
    this.#firstSegment = options.firstSegment;
  }

  /** The segment that the latest record went to. */
  get segment(): number {
    return this.#segment;
  }

  /**
   * The oldest segment that is needed, by the last word of what was gathered: whoever takes note of
   * a place in the log takes this along, for the log behind that place does not say it again.
   */
  get firstSegment(): number {
    return this.#firstSegment;
  }

  /** Where in that segment the fields of the latest put or copy begin. */
  get fieldsAt(): number {
    return this.#fieldsAt;
  }

  /** Bytes of log that were laid out since it was opened, every header included. */
  get gatheredBytes(): number {
    return this.#closedBytes + (this.#group?.writer.length ?? 0);
  }

  /** Ends the group that is being gathered; the place behind everything that was gathered. */
  mark(): LogPosition {
    this.close();
    const [segment, offsetBytes] = [this.#segment, this.#segmentBytes];
    // A group that was begun and is empty yet is the next one.
    const sequence = this.#sequence - (this.#group === undefined ? 0 : 1);
    return { segment, offsetBytes, sequence, lastRevision: this.#lastRevision };
  }

  /**
   * Adds `records`, all to one group, and returns it. Mutations must not have been applied yet. Throws
   * a `RangeError`, having added none, when they come to more than the limit.
   */
  add(records: readonly GroupRecord[]): Group {
    for (const record of records) this.#assertFits(lengthOf(record));
    const group = this.#open();
    for (const record of records) this.#encode(group, record);
    group.lastRevision = this.#lastRevision;
    return group;
  }

  /** {@link add} for the put of one field that never expires into a bucket that is there. */
  addPut(bucket: BucketRef, revision: number, field: FieldPlace): Group {
    this.#assertFits(fieldBytes(field.end - field.start, field.valueEnd - field.valueStart));
    const { index } = this.#options;
    const group = this.#open();
    const { writer } = group;
    const bucketId = index.bucketId(bucket);
    if (index.bucketSegment(bucket) !== this.#segment) this.#restate(writer, bucketId);
    this.#fieldsAt = group.place.offsetBytes + writer.length + PUT_START_BYTES;
    encodePut(writer, bucketId, revision, field);
    this.#lastRevision = revision;
    group.lastRevision = revision;
    return group;
  }

  /** {@link add} for the copy of a field, as it lies among other bytes, of a bucket that is there. */
  addCopy(bucket: BucketRef, revision: number, field: FieldBytes): Group {
    const { index } = this.#options;
    const group = this.#open();
    const { writer } = group;
    const bucketId = index.bucketId(bucket);
    if (index.bucketSegment(bucket) !== this.#segment) this.#restate(writer, bucketId);
    this.#fieldsAt = group.place.offsetBytes + writer.length + COPY_START_BYTES;
    encodeCopy(writer, bucketId, revision, field);
    group.lastRevision = this.#lastRevision;
    return group;
  }

  /** Ends the group that is being gathered, unless it is empty; the next record begins a new one. */
  close(): void {
    const bytes = this.#group?.writer.length ?? 0;
    if (bytes <= GROUP_HEADER_BYTES) return;
    this.#segmentBytes += bytes;
    this.#closedBytes += bytes;
    this.#group = undefined;
  }

  /**
   * Lets the next group begin a new segment, unless the current one is empty. Returns the last
   * segment that no group will be put into any more; it may be 0.
   */
  rotate(): number {
    this.close();
    const isEmpty = this.#segmentBytes <= SEGMENT_HEADER_BYTES;
    this.#isRotating = !isEmpty;
    return isEmpty ? this.#segment - 1 : this.#segment;
  }

  /** Takes the buffer of a group back that has been written. */
  recycle(writer: ByteWriter): void {
    if (writer.capacity <= SPARE_LIMIT_BYTES) this.#spare = writer;
  }

  /** The group that takes the next record. */
  #open(): Group {
    if (this.#group !== undefined && this.#group.writer.length >= GROUP_LIMIT_BYTES) this.close();
    this.#group ??= this.#start();
    return this.#group;
  }

  #start(): Group {
    const { segmentLimitBytes } = this.#options;
    const isFull = this.#isRotating || this.#segmentBytes >= segmentLimitBytes;
    this.#isRotating = false;
    // A segment holds a group at least, however low the limit.
    const startsSegment = isFull && this.#segmentBytes > SEGMENT_HEADER_BYTES;
    if (startsSegment) {
      this.#segment += 1;
      this.#segmentBytes = SEGMENT_HEADER_BYTES;
      this.#closedBytes += SEGMENT_HEADER_BYTES;
    }
    const writer = this.#spare ?? new ByteWriter();
    this.#spare = undefined;
    writer.setLength(GROUP_HEADER_BYTES);
    this.#sequence += 1;
    const [sequence, segment, offsetBytes] = [this.#sequence, this.#segment, this.#segmentBytes];
    const place = { sequence, segment, offsetBytes, startsSegment };
    return new Group(place, writer, this.#lastRevision);
  }

  #encode({ writer, place }: Group, record: GroupRecord): void {
    if (record.type === "restate") return this.#restate(writer, record.bucketId);
    if (record.type !== "create" && record.type !== "trim") {
      const bucket = this.#options.index.bucketWithId(record.bucketId);
      // One that the index does not have yet is created by a record before this one, in the same group.
      const isNamed = bucket === 0 || this.#options.index.bucketSegment(bucket) === this.#segment;
      if (!isNamed) this.#restate(writer, record.bucketId);
    }
    const recordAt = place.offsetBytes + writer.length;
    if (record.type === "put") this.#fieldsAt = recordAt + PUT_START_BYTES;
    if (record.type === "copy") this.#fieldsAt = recordAt + COPY_START_BYTES;
    encodeRecord(writer, record);
    if (record.type === "trim") this.#firstSegment = record.firstSegment;
    if (record.type === "copy" || record.type === "trim") return undefined;
    this.#lastRevision = record.revision;
    return undefined;
  }

  #restate(writer: ByteWriter, bucketId: number): void {
    const { index } = this.#options;
    const bucket = index.bucketWithId(bucketId);
    encodeRecord(writer, {
      type: "restate",
      bucketId,
      revision: index.bucketRevision(bucket),
      name: index.bucketName(bucket),
      expiresAtMs: index.bucketExpiresAtMs(bucket),
      lifetime: lifetimeOf(index, bucket),
    });
    index.setBucketSegment(bucket, this.#segment);
  }

  #assertFits(bytes: number): void {
    const { callLimitBytes = CALL_LIMIT_BYTES } = this.#options;
    if (bytes <= callLimitBytes) return;
    throw new RangeError(`Cannot log ${bytes} bytes at once: ${callLimitBytes} is the most`);
  }
}

/** What the keys and values of `record` come to in the log, in bytes. */
function lengthOf(record: GroupRecord): number {
  let bytes = 0;
  if (record.type === "put") {
    for (const { key, value } of record.fields) bytes += fieldBytes(key.length, value.length);
  } else if (record.type === "delete") {
    for (const key of record.keys) bytes += fieldBytes(key.length, 0);
  }
  return bytes;
}
