import { ByteWriter } from "../format/byte-writer.ts";
import { encodeRecord } from "../format/encode-record.ts";
import { GROUP_HEADER_BYTES, sealGroup } from "../format/group-header.ts";
import type { LogRecord } from "../format/log-record.ts";
import { encodeSegmentHeader, type SegmentHeader } from "../format/segment-header.ts";
import { checksumSeed } from "../format/store-id.ts";
import { segmentName } from "../file-names.ts";
import type { LogPosition } from "../log-position.ts";

/** The store of every {@link LogBuilder} that is not told another. */
export const STORE_ID = new Uint8Array(16).fill(0x5a);

/** Puts a log together record by record, as a store in `/kv` would have written it, or as none would. */
export class LogBuilder {
  readonly storeId: Uint8Array;
  readonly #files = new Map<number, Uint8Array>();
  #segment: number;
  #sequence: number;
  #firstSegment: number;
  /** The highest revision given out so far. */
  lastRevision: number;
  /** What the next groups say of how far the log is synced. */
  syncedSequence = 0;

  /** Begins with a segment that has this header; the first of a new log by default. */
  constructor(header: Partial<SegmentHeader> = {}) {
    this.storeId = header.storeId ?? STORE_ID;
    this.#segment = (header.segment ?? 1) - 1;
    this.#sequence = (header.firstSequence ?? 1) - 1;
    this.#firstSegment = header.firstSegment ?? 1;
    this.lastRevision = header.lastRevision ?? 0;
    this.segment();
  }

  /** Where the next group begins. */
  get position(): LogPosition {
    const offsetBytes = this.bytes(this.#segment).length;
    const [segment, sequence] = [this.#segment, this.#sequence];
    return { segment, offsetBytes, sequence, lastRevision: this.lastRevision };
  }

  /** Begins the next segment. */
  segment(): this {
    this.#segment += 1;
    const header = {
      storeId: this.storeId,
      segment: this.#segment,
      firstSequence: this.#sequence + 1,
      firstSegment: this.#firstSegment,
      lastRevision: this.lastRevision,
    };
    this.#files.set(this.#segment, encodeSegmentHeader(header));
    return this;
  }

  /** Appends a group of `records`. */
  group(...records: readonly LogRecord[]): this {
    for (const record of records) {
      if (record.type === "trim") this.#firstSegment = record.firstSegment;
      else this.lastRevision = Math.max(this.lastRevision, record.revision);
    }
    return this.payload(payloadOf(...records));
  }

  /** Appends a sound group of any bytes. */
  payload(payload: Uint8Array): this {
    this.#sequence += 1;
    const { syncedSequence, lastRevision } = this;
    const numbers = { sequence: this.#sequence, syncedSequence, lastRevision };
    return this.raw(groupOf(payload, numbers, this.storeId));
  }

  /** Appends bytes as they are. */
  raw(bytes: Uint8Array): this {
    const before = this.bytes(this.#segment);
    this.#files.set(this.#segment, Uint8Array.from(Buffer.concat([before, bytes])));
    return this;
  }

  /** The numbers of the segments, in order. */
  get segments(): readonly number[] {
    return [...this.#files.keys()];
  }

  /** What a segment holds; nothing when there is none. */
  bytes(segment: number): Uint8Array {
    return this.#files.get(segment) ?? new Uint8Array();
  }

  /** Takes a segment away. */
  remove(segment: number): this {
    this.#files.delete(segment);
    return this;
  }

  /** All files, by their paths. */
  files(): Map<string, Uint8Array> {
    return new Map([...this.#files].map(([segment, bytes]) => [pathOf(segment), bytes]));
  }
}

/** The path of a segment in the directory `/kv`. */
export function pathOf(segment: number): string {
  return `/kv/${segmentName(segment)}`;
}

/** The bytes of `records`. */
export function payloadOf(...records: readonly LogRecord[]): Uint8Array {
  const writer = new ByteWriter();
  for (const record of records) encodeRecord(writer, record);
  return writer.view();
}

/** A whole group. */
export function groupOf(
  payload: Uint8Array,
  numbers: {
    readonly sequence: number;
    readonly syncedSequence?: number;
    readonly lastRevision?: number;
  },
  storeId: Uint8Array = STORE_ID,
): Uint8Array {
  const group = new Uint8Array(GROUP_HEADER_BYTES + payload.length);
  group.set(payload, GROUP_HEADER_BYTES);
  sealGroup(group, { syncedSequence: 0, lastRevision: 0, ...numbers }, checksumSeed(storeId));
  return group;
}
