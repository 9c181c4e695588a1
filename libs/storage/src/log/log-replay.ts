import { StorageError } from "../errors.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import type { Flaw } from "./flaw.ts";
import { decodeGroupHeader, findGroupMagic, GROUP_HEADER_BYTES } from "./format/group-header.ts";
import {
  decodeSegmentHeader,
  FORMAT_VERSION,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from "./format/segment-header.ts";
import { checksumSeed, isSameStore, type StoreId } from "./format/store-id.ts";
import { isZeroFrom } from "./is-zero-from.ts";
import type { LogPosition } from "./log-position.ts";
import { readGroup } from "./read-group.ts";
import { RecordReplay } from "./record-replay.ts";

/** Where a log ends. All zero before the first segment. */
export interface LogEnd {
  /** The number of the last segment, and how far it is good. */
  readonly segment: number;
  readonly lengthBytes: number;
  /** The last good group. */
  readonly sequence: number;
}

/** One file of the log. */
export interface SegmentFile {
  readonly path: string;
  readonly segment: number;
  /** All of it; the header will do for a segment before the one where a replay begins. */
  readonly bytes: Uint8Array;
  /** Whether there may be nothing but zeros behind its last group, see `LogRoom`; not so by default. */
  readonly mayHaveRoom?: boolean | undefined;
}

/** What a {@link LogReplay} works on. */
export interface LogReplayOptions {
  /** Empty, or as a snapshot has it. */
  readonly index: KeyIndex;
  /** Where to begin: the index holds all that is said before. By default at the first group there is. */
  readonly from?: LogPosition | undefined;
  /**
   * A snapshot says that groups up to this one were synced, and of none behind it the index may know
   * anything yet; 0 by default.
   */
  readonly endSequence?: number | undefined;
  /** The oldest segment that is needed, as others tell; 1 by default. */
  readonly firstSegment?: number | undefined;
}

/**
 * Understands a log: takes its segments in order of their numbers, from any number on, does every
 * mutation up to the first flaw, and from there on only looks for proof that the flaw cannot be a torn
 * tail. Reads nothing, writes nothing.
 *
 * The proof is in the headers. A group names the last group that was known to be synced when it was
 * written, and a segment begins only when everything before it was synced. A flaw at or below a
 * sequence that some header behind it vouches for was once on the disk and good. So was one at or below
 * the sequence that a snapshot ends with.
 */
export class LogReplay {
  readonly #records: RecordReplay;
  readonly #index: KeyIndex;
  readonly #from: LogPosition | undefined;
  readonly #endSequence: number;
  #storeId: StoreId | undefined;
  #startSegment = 0;
  #end: LogEnd = { segment: 0, lengthBytes: 0, sequence: 0 };
  /** Whether `#end` is where the next group belongs, or a place before it. */
  #isAtEnd = false;
  #flaw: Flaw | undefined;
  #vouchedSequence: number;
  #provenSequence: number;

  constructor({ index, from, endSequence = 0, firstSegment = 1 }: LogReplayOptions) {
    this.#records = new RecordReplay(index);
    this.#index = index;
    this.#from = from;
    this.#endSequence = endSequence;
    this.#vouchedSequence = endSequence;
    this.#provenSequence = endSequence;
    this.#learn({ lastRevision: from?.lastRevision ?? 0, firstSegment });
    this.#records.begin();
  }

  /** `undefined` until a sound segment header was read. */
  get storeId(): StoreId | undefined {
    return this.#storeId;
  }

  /** The first segment that was shown; 0 for none. */
  get startSegment(): number {
    return this.#startSegment;
  }

  /** Where the good part ends. */
  get end(): LogEnd {
    return this.#end;
  }

  /** The oldest segment that the log needs: older ones were left over. */
  get firstSegment(): number {
    return this.#records.firstSegment;
  }

  /** No revision that the good part tells of is higher. */
  get lastRevision(): number {
    return this.#records.lastRevision;
  }

  /** Records that were replayed. */
  get recordCount(): number {
    return this.#records.recordCount;
  }

  /** Groups up to this one are on the disk, on the word of a group in the good part or of a snapshot; 0 for none. */
  get vouchedSequence(): number {
    return this.#vouchedSequence;
  }

  /** The first flaw, if there is one. */
  get flaw(): Flaw | undefined {
    return this.#flaw;
  }

  /** Groups up to this one are known to have been on the disk, on the word of what follows the flaw or of a snapshot. */
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
    this.#findPlace(file.segment);
    if (this.#flaw === undefined && reading.type === "bad")
      this.#reportHeader(file, reading.reason);
    if (this.#flaw === undefined && header !== undefined) this.#begin(file, header);
    if (this.#flaw === undefined && !this.#isBefore(file)) this.#replayGroups(file);
    if (this.#flaw !== undefined) this.#gatherProof(file, header);
  }

  #findPlace(segment: number): void {
    const expected = this.#startSegment === 0 ? segment : this.#end.segment + 1;
    if (this.#startSegment === 0) this.#startSegment = segment;
    if (this.#flaw !== undefined || segment === expected) return;
    this.#report({ segment: expected, offsetBytes: 0 }, "the file is missing");
  }

  #reportHeader(file: SegmentFile, reason: string): void {
    // The header was synced before the first group was written: with bytes behind it, it was whole. So
    // it was when it is not the newest, and the newest is never the only one that is left of many.
    const isFirst = file.segment === this.#startSegment && file.segment > 1;
    const cannotBeTorn =
      file.bytes.length > SEGMENT_HEADER_BYTES || isFirst || this.#isBefore(file);
    this.#report({ segment: file.segment, offsetBytes: 0 }, reason, cannotBeTorn);
  }

  #begin(file: SegmentFile, header: SegmentHeader): void {
    const { segment } = file;
    const start = { segment, offsetBytes: 0 };
    if (header.segment !== segment) {
      return this.#report(start, `the header is that of segment ${header.segment}`, true);
    }
    if (this.#storeId !== undefined && !isSameStore(this.#storeId, header.storeId)) {
      return this.#report(start, "the file belongs to another store", true);
    }
    if (header.firstSegment > segment) {
      const reason = `the header says that segments up to ${header.firstSegment} are not needed`;
      return this.#report(start, reason, true);
    }
    const { firstSequence } = header;
    const next = this.#end.sequence + 1;
    const isNext = this.#isAtEnd || segment === 1;
    if (isNext ? firstSequence !== next : firstSequence < next) {
      const { lengthBytes } = this.#end;
      const place = segment === this.#startSegment ? start : this.#end;
      const reason = `the next file begins with group ${firstSequence}, not with the next one`;
      return this.#report({ segment: place.segment, offsetBytes: lengthBytes }, reason, true);
    }
    this.#storeId = header.storeId;
    this.#learn(header);
    if (this.#from === undefined && segment === this.#startSegment) this.#records.begin();
    const lengthBytes = SEGMENT_HEADER_BYTES;
    this.#end = { segment, lengthBytes, sequence: firstSequence - 1 };
    this.#isAtEnd = !this.#isBefore(file);
    if (this.#from?.segment !== segment) return undefined;
    const { offsetBytes, sequence } = this.#from;
    this.#end = { segment, lengthBytes: offsetBytes, sequence };
    return undefined;
  }

  #replayGroups({ segment, bytes, mayHaveRoom }: SegmentFile): void {
    const seed = this.#seed();
    while (this.#flaw === undefined && this.#end.lengthBytes < bytes.length) {
      const offsetBytes = this.#end.lengthBytes;
      const expected = this.#end.sequence + 1;
      const reading = readGroup(bytes, offsetBytes, seed);
      if (reading.type === "bad") {
        // A crash has left it there.
        if (mayHaveRoom === true && isZeroFrom(bytes, offsetBytes)) return undefined;
        return this.#report({ segment, offsetBytes }, reading.reason);
      }
      const { sequence, payloadBytes, syncedSequence, lastRevision } = reading.header;
      if (sequence !== expected) {
        const reason = `group ${sequence} stands where group ${expected} belongs`;
        return this.#report({ segment, offsetBytes }, reason);
      }
      const start = offsetBytes + GROUP_HEADER_BYTES;
      const end = start + payloadBytes;
      const isKnown = this.#from !== undefined && sequence <= this.#endSequence;
      const payload = { bytes, start, end, segment, lastRevision, isKnown };
      const nonsense = this.#records.replay(payload);
      if (nonsense !== undefined) return this.#report({ segment, offsetBytes }, nonsense, true);
      this.#end = { segment, lengthBytes: end, sequence };
      this.#vouchedSequence = Math.max(this.#vouchedSequence, syncedSequence);
    }
    return undefined;
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

  /** Whether all that the file says is in the index already. */
  #isBefore({ segment }: SegmentFile): boolean {
    return this.#from !== undefined && segment < this.#from.segment;
  }

  #learn(said: { readonly lastRevision: number; readonly firstSegment: number }): void {
    this.#records.learn(said);
    this.#index.lastRevision = Math.max(this.#index.lastRevision, this.#records.lastRevision);
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
