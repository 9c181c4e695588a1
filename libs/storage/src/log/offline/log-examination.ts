import { StorageError } from "../../errors.ts";
import type { KeyIndex } from "../../key-index/key-index.ts";
import type { Flaw } from "../flaw.ts";
import {
  decodeSegmentHeader,
  FORMAT_VERSION,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
} from "../format/segment-header.ts";
import { isSameStore, type StoreId } from "../format/store-id.ts";
import type { GroupHeader } from "../format/group-header.ts";
import type { ReplayedLog } from "../judge-log.ts";
import type { LogEnd } from "../log-replay.ts";
import { RecordReplay } from "../record-replay.ts";
import type { SurveyedSegment } from "../survey-log.ts";
import { checkFields } from "./check-fields.ts";
import type { CheckedSegment } from "./check-report.ts";
import { Listing } from "./listing.ts";
import { type LogFault, missingReason } from "./log-fault.ts";
import type { SegmentVisitor, SkippedRange, WalkedGroup } from "./segment-walk.ts";
import { TolerantReplay } from "./tolerant-replay.ts";

/** What a {@link LogExamination} works with. */
export interface LogExaminationOptions {
  /** Empty. */
  readonly index: KeyIndex;
  /** A snapshot says that groups up to this one were synced; 0 for none. */
  readonly endSequence: number;
  /** The oldest segment that is needed, as others tell. */
  readonly firstSegment: number;
  readonly pause: (readBytes: number) => Promise<void>;
}

/** What an index held at some moment. */
export interface IndexTotals {
  readonly keys: number;
  readonly buckets: number;
  readonly liveBytes: number;
  readonly lastRevision: number;
}

/**
 * Finds everything that is wrong with a log. Shown its segments in order, it does what a start does
 * (`LogReplay`) up to the first flaw, and can be judged like that (`judgeLog`); but it goes on behind the
 * flaw, with what the rest tells, and compares every field's own checksum. A start reads a segment in one
 * go; this one is shown group by group, so that it can run beside other work.
 */
export class LogExamination implements SegmentVisitor, ReplayedLog {
  /** What is wrong, in the order it was found: the first thousand. */
  readonly faults = new Listing<LogFault>();
  readonly pause: (readBytes: number) => Promise<void>;
  readonly #index: KeyIndex;
  readonly #records: RecordReplay;
  readonly #tolerant: TolerantReplay;
  readonly #segments: { number: number; bytes: number; groups: number; records: number }[] = [];
  #storeId: StoreId | undefined;
  #startSegment = 0;
  /** The segment that is being shown. */
  #segment = 0;
  #end: LogEnd = { segment: 0, lengthBytes: 0, sequence: 0 };
  #flaw: Flaw | undefined;
  #totalsAtFlaw: IndexTotals | undefined;
  #provenSequence: number;
  /** The latest group that was taken, also behind the flaw. */
  #lastSequence = 0;
  /** Whether a fault tells why groups may be missing behind that one. */
  #isGapTold = false;
  /** Whether the group before was one that is too old for its place. */
  #isOldTold = false;

  constructor({ index, endSequence, firstSegment, pause }: LogExaminationOptions) {
    this.pause = pause;
    this.#index = index;
    this.#records = new RecordReplay(index);
    this.#tolerant = new TolerantReplay({ index });
    this.#provenSequence = endSequence;
    this.#records.learn({ lastRevision: 0, firstSegment });
    this.#records.begin();
  }

  /** What was shown. */
  get segments(): readonly CheckedSegment[] {
    return this.#segments;
  }

  get storeId(): StoreId | undefined {
    return this.#storeId;
  }

  get startSegment(): number {
    return this.#startSegment;
  }

  get end(): LogEnd {
    return this.#end;
  }

  get firstSegment(): number {
    return this.#records.firstSegment;
  }

  /** As {@link firstSegment}, by all groups that were found sound. */
  get toldFirstSegment(): number {
    return Math.max(this.#records.firstSegment, this.#tolerant.firstSegment);
  }

  get lastRevision(): number {
    return this.#records.lastRevision;
  }

  get flaw(): Flaw | undefined {
    return this.#flaw;
  }

  get provenSequence(): number {
    return this.#provenSequence;
  }

  get nextSequence(): number {
    return this.#lastSequence + 1;
  }

  /** What the index held before the first flaw, or holds when there is none. */
  get soundTotals(): IndexTotals {
    return this.#totalsAtFlaw ?? this.totals;
  }

  /** What the index holds, by all groups that were found sound. */
  get totals(): IndexTotals {
    const { keyCount: keys, bucketCount: buckets, liveBytes, lastRevision } = this.#index;
    return { keys, buckets, liveBytes, lastRevision };
  }

  /**
   * Begins with a segment. Returns whether its groups are of any use. Throws `STORAGE_FORMAT` when another
   * version of the format wrote it.
   */
  begin({ segment, path, lengthBytes, headerBytes }: SurveyedSegment): boolean {
    const reading = decodeSegmentHeader(headerBytes);
    if (reading.type === "other-version") {
      const { found } = reading;
      throw new StorageError("STORAGE_FORMAT", { path, found, supported: FORMAT_VERSION });
    }
    this.#findPlace(segment);
    this.#segment = segment;
    this.#segments.push({ number: segment, bytes: lengthBytes, groups: 0, records: 0 });
    if (reading.type === "bad") {
      // As for a start: with bytes behind it, it was whole, and so it was when it is not the newest.
      const isFirst = segment === this.#startSegment && segment > 1;
      const cannotBeTorn = lengthBytes > SEGMENT_HEADER_BYTES || isFirst;
      this.#report({ segment, offsetBytes: 0, reason: reading.reason }, cannotBeTorn);
      this.#isGapTold = true;
      return true;
    }
    const { header } = reading;
    const isOfUse = this.#beginWith(header, segment);
    if (this.#flaw !== undefined) this.#prove(header.firstSequence - 1);
    return isOfUse;
  }

  group(group: WalkedGroup): void {
    const { header, offsetBytes, bytes, start, end } = group;
    const { sequence, lastRevision } = header;
    const segment = this.#segment;
    const place = { segment, offsetBytes };
    if (this.#flaw !== undefined) this.#prove(header.syncedSequence);
    const expected = this.#lastSequence + 1;
    const isTold = sequence < expected ? this.#isOldTold : this.#isGapTold;
    if (sequence !== expected && !isTold) {
      const reason = `group ${sequence} stands where group ${expected} belongs`;
      this.#report({ ...place, reason });
      this.#prove(header.syncedSequence);
    }
    this.#isOldTold = sequence < expected;
    if (this.#isOldTold) return;
    this.#lastSequence = sequence;
    this.#isGapTold = false;
    this.#count(group);
    const payload = { bytes, start, end, segment, lastRevision, isKnown: false };
    if (this.#flaw === undefined) {
      const reason = this.#records.replay(payload);
      if (reason === undefined) {
        this.#end = { segment, lengthBytes: end, sequence };
        return;
      }
      this.#report({ ...place, reason }, true);
      this.#prove(header.syncedSequence);
    }
    this.#tolerant.replay(payload);
  }

  skipped({ offsetBytes, reason }: SkippedRange): void {
    this.#report({ segment: this.#segment, offsetBytes, reason });
    this.#isGapTold = true;
  }

  header({ syncedSequence }: GroupHeader): void {
    this.#prove(syncedSequence);
  }

  #findPlace(segment: number): void {
    const expected = this.#startSegment === 0 ? segment : this.#segment + 1;
    if (this.#startSegment === 0) this.#startSegment = segment;
    if (segment === expected) return;
    const reason = missingReason(segment - expected);
    this.#report({ segment: expected, offsetBytes: 0, reason });
    this.#isGapTold = true;
  }

  #beginWith(header: SegmentHeader, segment: number): boolean {
    const misfit = this.#misfit(header, segment);
    if (misfit !== undefined) {
      this.#report({ segment, offsetBytes: 0, reason: misfit }, true);
      return this.#storeId === undefined || isSameStore(this.#storeId, header.storeId);
    }
    this.#storeId = header.storeId;
    const { firstSequence } = header;
    const next = this.#lastSequence + 1;
    const isNext = this.#end.segment > 0 || segment === 1;
    const isRight = isNext && !this.#isGapTold ? firstSequence === next : firstSequence >= next;
    if (!isRight) {
      const { lengthBytes } = this.#end;
      const isFirst = segment === this.#startSegment || this.#flaw !== undefined;
      const place = isFirst
        ? { segment, offsetBytes: 0 }
        : { segment: this.#end.segment, offsetBytes: lengthBytes };
      const reason = `the next file begins with group ${firstSequence}, not with the next one`;
      this.#report({ ...place, reason }, true);
      this.#isGapTold = true;
    }
    this.#learn(header);
    if (this.#flaw !== undefined) return true;
    if (segment === this.#startSegment) this.#records.begin();
    this.#lastSequence = firstSequence - 1;
    this.#end = { segment, lengthBytes: SEGMENT_HEADER_BYTES, sequence: firstSequence - 1 };
    return true;
  }

  #misfit(header: SegmentHeader, segment: number): string | undefined {
    if (header.segment !== segment) return `the header is that of segment ${header.segment}`;
    if (this.#storeId !== undefined && !isSameStore(this.#storeId, header.storeId)) {
      return "the file belongs to another store";
    }
    return header.firstSegment > segment
      ? `the header says that segments up to ${header.firstSegment} are not needed`
      : undefined;
  }

  #count(group: WalkedGroup): void {
    const segment = this.#segment;
    const { records, isBad } = checkFields(group, (offsetBytes, reason) => {
      this.faults.add({ segment, offsetBytes, reason });
    });
    const counts = this.#segments.at(-1)!;
    counts.groups += 1;
    counts.records += records;
    // The first one is told by the replay.
    if (!isBad || this.#flaw === undefined) return;
    const reason = "a group with a good checksum holds no records";
    this.faults.add({ segment, offsetBytes: group.offsetBytes, reason });
  }

  #learn(said: { readonly lastRevision: number; readonly firstSegment: number }): void {
    // Behind a flaw nobody knows what belongs to the log: a start would take no word of it.
    if (this.#flaw === undefined) this.#records.learn(said);
    this.#index.lastRevision = Math.max(this.#index.lastRevision, said.lastRevision);
  }

  #prove(sequence: number): void {
    this.#provenSequence = Math.max(this.#provenSequence, sequence);
  }

  #report(fault: LogFault, cannotBeTorn = false): void {
    this.faults.add(fault);
    if (this.#flaw !== undefined) return;
    this.#totalsAtFlaw = this.totals;
    this.#flaw = { ...fault, sequence: this.#end.sequence + 1, cannotBeTorn };
  }
}
