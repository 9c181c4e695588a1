import { StorageError } from "../errors.ts";
import { applyMutation } from "../state/apply-mutation.ts";
import { findNonsense } from "../state/find-nonsense.ts";
import { emptyTables, type Tables } from "../state/tables.ts";
import { ByteReader } from "./format/byte-reader.ts";
import { decodeRecord } from "./format/decode-record.ts";
import { decodeGroupHeader, findGroupMagic, GROUP_HEADER_BYTES } from "./format/group-header.ts";
import type { BucketDeclaration } from "./format/log-record.ts";
import {
  decodeSegmentHeader,
  FORMAT_VERSION,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from "./format/segment-header.ts";
import { checksumSeed, isSameStore, type StoreId } from "./format/store-id.ts";
import type { Flaw } from "./flaw.ts";
import { readGroup } from "./read-group.ts";

/** Where a log ends. All zero before the first segment. */
export interface LogEnd {
  /** The number of the last segment, and how far it is good. */
  readonly segment: number;
  readonly lengthBytes: number;
  /** The last good group. */
  readonly sequence: number;
}

/** One file of the log, read whole. */
export interface SegmentFile {
  readonly path: string;
  readonly segment: number;
  readonly bytes: Uint8Array;
}

/**
 * Understands a log: takes its segments in order of their numbers, does every mutation up to the
 * first flaw, and from there on only looks for proof that the flaw cannot be a torn tail. Reads
 * nothing, writes nothing.
 *
 * The proof is in the headers. A group names the last group that was known to be synced when it was
 * written, and a segment begins only when everything before it was synced. A flaw at or below a
 * sequence that some header behind it vouches for was once on the disk and good.
 */
export class LogReplay {
  readonly tables: Tables = emptyTables();
  #storeId: StoreId | undefined;
  #end: LogEnd = { segment: 0, lengthBytes: 0, sequence: 0 };
  #flaw: Flaw | undefined;
  #vouchedSequence = 0;
  #provenSequence = 0;

  /** `undefined` until a sound segment header was read. */
  get storeId(): StoreId | undefined {
    return this.#storeId;
  }

  /** Where the good part ends. */
  get end(): LogEnd {
    return this.#end;
  }

  /** Groups up to this one are on the disk, on the word of a group in the good part; 0 for none. */
  get vouchedSequence(): number {
    return this.#vouchedSequence;
  }

  /** The first flaw, if there is one. */
  get flaw(): Flaw | undefined {
    return this.#flaw;
  }

  /** Groups up to this one are known to have been on the disk, on the word of what follows the flaw. */
  get provenSequence(): number {
    return this.#provenSequence;
  }

  /** Throws `STORAGE_FORMAT` when another version of the format wrote the file. */
  addSegment(file: SegmentFile): void {
    const reading = decodeSegmentHeader(file.bytes);
    if (reading.type === "other-version") {
      const { found } = reading;
      const details = { path: file.path, found, supported: FORMAT_VERSION };
      throw new StorageError("STORAGE_FORMAT", details);
    }
    const header = reading.type === "header" ? reading.header : undefined;
    if (this.#flaw === undefined && file.segment !== this.#end.segment + 1) {
      this.#report({ segment: this.#end.segment + 1, offsetBytes: 0 }, "the file is missing");
    }
    if (this.#flaw === undefined && reading.type === "bad") {
      // The header was synced before the first group was written: with bytes behind it, it was whole.
      const cannotBeTorn = file.bytes.length > SEGMENT_HEADER_BYTES;
      this.#report({ segment: file.segment, offsetBytes: 0 }, reading.reason, cannotBeTorn);
    }
    if (this.#flaw === undefined && header !== undefined) this.#begin(file, header);
    if (this.#flaw === undefined) this.#replayGroups(file);
    if (this.#flaw !== undefined) this.#gatherProof(file, header);
  }

  #begin(file: SegmentFile, header: SegmentHeader): void {
    const start = { segment: file.segment, offsetBytes: 0 };
    if (header.segment !== file.segment) {
      return this.#report(start, `the header is that of segment ${header.segment}`, true);
    }
    if (this.#storeId !== undefined && !isSameStore(this.#storeId, header.storeId)) {
      return this.#report(start, "the file belongs to another store", true);
    }
    if (header.firstSequence !== this.#end.sequence + 1) {
      const { segment, lengthBytes } = this.#end;
      const reason = `the next file begins with group ${header.firstSequence}, not with the next one`;
      return this.#report({ segment, offsetBytes: lengthBytes }, reason, true);
    }
    this.#storeId = header.storeId;
    const lengthBytes = SEGMENT_HEADER_BYTES;
    this.#end = { segment: file.segment, lengthBytes, sequence: this.#end.sequence };
    return undefined;
  }

  #replayGroups({ segment, bytes }: SegmentFile): void {
    const seed = this.#seed();
    while (this.#flaw === undefined && this.#end.lengthBytes < bytes.length) {
      const offsetBytes = this.#end.lengthBytes;
      const expected = this.#end.sequence + 1;
      const reading = readGroup(bytes, offsetBytes, seed);
      if (reading.type === "bad") return this.#report({ segment, offsetBytes }, reading.reason);
      const { sequence, payloadBytes, syncedSequence } = reading.header;
      if (sequence !== expected) {
        const reason = `group ${sequence} stands where group ${expected} belongs`;
        return this.#report({ segment, offsetBytes }, reason);
      }
      const nonsense = this.#replayPayload(reading.payload);
      if (nonsense !== undefined) return this.#report({ segment, offsetBytes }, nonsense, true);
      const lengthBytes = offsetBytes + GROUP_HEADER_BYTES + payloadBytes;
      this.#end = { segment, lengthBytes, sequence };
      this.#vouchedSequence = Math.max(this.#vouchedSequence, syncedSequence);
    }
    return undefined;
  }

  /** Does what the records of a sound group say. Returns what is wrong with one that makes no sense. */
  #replayPayload(payload: Uint8Array): string | undefined {
    const reader = new ByteReader(payload);
    while (!reader.isAtEnd) {
      const record = decodeRecord(reader);
      if (record === undefined) return "a group with a good checksum holds no records";
      const nonsense =
        record.type === "declare" ? this.#findFalseName(record) : findNonsense(this.tables, record);
      if (nonsense !== undefined) return nonsense;
      if (record.type !== "declare") applyMutation(this.tables, record);
    }
    return undefined;
  }

  #findFalseName({ bucketId, name }: BucketDeclaration): string | undefined {
    const bucket = this.tables.bucketsById.get(bucketId);
    const isTrue = bucket !== undefined && Buffer.compare(bucket.name, name) === 0;
    return isTrue ? undefined : `bucket ${bucketId} is declared again under another name`;
  }

  #gatherProof(file: SegmentFile, header: SegmentHeader | undefined): void {
    if (header !== undefined) this.#prove(header.firstSequence - 1);
    const seed = header === undefined ? this.#seed() : checksumSeed(header.storeId);
    const isFlawed = this.#flaw?.segment === file.segment;
    const start = isFlawed ? (this.#flaw?.offsetBytes ?? 0) : 0;
    for (let at = findGroupMagic(file.bytes, start); at >= 0; ) {
      const group = decodeGroupHeader(file.bytes, at, seed);
      if (group !== undefined) this.#prove(group.syncedSequence);
      at = findGroupMagic(file.bytes, at + 1);
    }
  }

  #seed(): number {
    return this.#storeId === undefined ? 0 : checksumSeed(this.#storeId);
  }

  #prove(sequence: number): void {
    this.#provenSequence = Math.max(this.#provenSequence, sequence);
  }

  #report(
    place: Pick<Flaw, "segment" | "offsetBytes">,
    reason: string,
    cannotBeTorn = false,
  ): void {
    this.#flaw = { ...place, reason, sequence: this.#end.sequence + 1, cannotBeTorn };
  }
}
