import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { segmentName } from "./file-names.ts";
import { type FilePort, type OpenFile, writeFully, writeFullySync } from "./file-port.ts";
import { sealGroup } from "./format/group-header.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import { checksumSeed, type StoreId } from "./format/store-id.ts";
import type { Group } from "./group.ts";
import type { LogEnd } from "./log-replay.ts";
import { LogRoom, type RoomSizes } from "./log-room.ts";
import { SegmentLengths } from "./segment-lengths.ts";
import { isSystemError } from "./system-reason.ts";

/** A sync that took no longer is one that the next may stand still for: the clock counts milliseconds, so it took less than two. */
const QUICK_SYNC_MS = 1;

/** What a quick disk syncs about as quickly as one record. */
const QUICK_GROUP_BYTES = 64 * 1024;

/** Where a log lies, and how it is written. */
export interface SegmentWriterOptions {
  readonly files: FilePort;
  readonly directory: string;
  readonly storeId: StoreId;
  /** Whether an append returns only when its bytes survive a power cut. */
  readonly syncsEveryWrite: boolean;
  /** Whether at least the first append does. */
  readonly syncsFirstGroup: boolean;
  readonly clock: Clock;
  /** How far ahead of the log its file is filled, where every write is synced. */
  readonly room?: RoomSizes | undefined;
  /** Whether the process may stand still for a sync, as {@link LogStoreOptions.mayStandStill}. */
  readonly mayStandStill: () => boolean;
}

/** A log as it was found. */
export interface FoundLog {
  readonly end: LogEnd;
  readonly segments: Iterable<{ readonly segment: number; readonly lengthBytes: number }>;
}

/**
 * Appends groups to the last segment of a log. One append at a time; a sync may run beside it. After
 * an error nothing is appended before {@link cutBack} has succeeded; one of a sync is the last word.
 */
export class SegmentWriter {
  /** What is there, the segment being written included. */
  readonly lengths: SegmentLengths;
  /** Called when a segment was begun. */
  onSegment: () => void = () => {};
  readonly #options: SegmentWriterOptions;
  readonly #seed: number;
  /** `undefined` between two segments. */
  #file: OpenFile | undefined;
  #end: LogEnd;
  #syncedSequence: number;
  /** A group with a higher revision is synced in every mode; none by `Infinity`. */
  #syncsAbove: number;
  readonly #room: LogRoom;
  /** That goes on until one with a revision above this one was synced. */
  #syncsTo = -1;
  /** Whether the latest write was synced in so little time that one may stand still for the next. */
  #isQuick = false;
  #syncs: Promise<void> = Promise.resolve();

  private constructor(options: SegmentWriterOptions, file: OpenFile, found: FoundLog) {
    this.#options = options;
    this.#syncsAbove = options.syncsFirstGroup ? -1 : Infinity;
    this.#seed = checksumSeed(options.storeId);
    this.#file = file;
    this.#end = found.end;
    this.#room = new LogRoom(options.room);
    this.#room.begin(found.end.lengthBytes);
    this.#syncedSequence = found.end.sequence;
    this.lengths = new SegmentLengths(found.segments);
    this.lengths.set(found.end.segment, found.end.lengthBytes);
  }

  /** Goes on where a log ends; everything in it has been synced. Makes the first segment of a new log. */
  static async open(options: SegmentWriterOptions, found: FoundLog): Promise<SegmentWriter> {
    if (found.end.segment === 0) {
      const start = { segment: 1, firstSequence: 1, firstSegment: 1, lastRevision: 0 };
      const file = await createSegment(options, start);
      const end = { segment: 1, lengthBytes: SEGMENT_HEADER_BYTES, sequence: 0 };
      return new SegmentWriter(options, file, { end, segments: [] });
    }
    const { files, directory, syncsEveryWrite } = options;
    const path = join(directory, segmentName(found.end.segment));
    const file = await files.open(path, { file: "existing", syncsEveryWrite });
    return new SegmentWriter(options, file, found);
  }

  /** Behind the last group that was written completely. */
  get end(): LogEnd {
    return this.#end;
  }

  /** Whether {@link appendNow} will do for this group. */
  canAppendNow({ place, writer, lastRevision }: Group): boolean {
    const { syncsEveryWrite, mayStandStill } = this.#options;
    if (place.startsSegment || lastRevision > this.#syncsAbove) return false;
    if (!syncsEveryWrite) return true;
    if (this.#needsRoom(writer.length)) return false;
    return this.#isQuick && writer.length <= QUICK_GROUP_BYTES && mayStandStill();
  }

  /** Has the next group with a revision above `revision` survive a power cut before it is acknowledged, in every mode. */
  syncAbove(revision: number): void {
    this.#syncsAbove = Math.min(this.#syncsAbove, revision);
    this.#syncsTo = revision;
  }

  /** Writes one group, filling in its header. */
  async append(group: Group): Promise<void> {
    if (group.place.startsSegment && this.#end.segment < group.place.segment) {
      await this.#startSegment(group);
    }
    const bytes = this.#sealed(group);
    const { clock, syncsEveryWrite } = this.#options;
    if (this.#needsRoom(bytes.length)) {
      await this.#room.make(this.#openFile(), this.#end.lengthBytes);
    }
    const [beganAtMs, syncsAbove] = [clock(), this.#syncsAbove];
    this.#isQuick = false;
    await writeFully(this.#openFile(), bytes, this.#end.lengthBytes);
    this.#advance(group, bytes.length);
    if (syncsEveryWrite) this.#noteSync(group, beganAtMs);
    else if (group.lastRevision > syncsAbove) await this.sync();
    if (group.lastRevision > this.#syncsAbove) {
      this.#syncsAbove = group.lastRevision > this.#syncsTo ? Infinity : group.lastRevision;
    }
  }

  /** As {@link append}, before it returns: the bytes are the system's then, and survive the process; or a power cut, if every write is synced. */
  appendNow(group: Group): void {
    const bytes = this.#sealed(group);
    const { clock, syncsEveryWrite } = this.#options;
    const beganAtMs = syncsEveryWrite ? clock() : 0;
    this.#isQuick = false;
    writeFullySync(this.#openFile(), bytes, this.#end.lengthBytes);
    this.#advance(group, bytes.length);
    if (syncsEveryWrite) this.#noteSync(group, beganAtMs);
  }

  /** Makes sure that everything appended until now survives a power cut. */
  sync(): Promise<void> {
    this.#syncs = this.#syncs.then(() => this.#syncNow());
    return this.#syncs;
  }

  /**
   * Takes back what a failed append left behind the last good group, so that the next one, or the next
   * start, finds a clean end. Resolves to whether that worked.
   */
  async cutBack(): Promise<boolean> {
    try {
      await this.#file?.truncate(this.#end.lengthBytes);
      await this.#file?.sync();
      this.#room.begin(this.#end.lengthBytes);
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return false;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    try {
      await this.#room.cut(file, this.#end.lengthBytes);
    } finally {
      await file.close();
    }
  }

  #needsRoom(bytes: number): boolean {
    return this.#options.syncsEveryWrite && this.#room.isDue(this.#end.lengthBytes, bytes);
  }

  #sealed({ writer, place: { sequence }, lastRevision }: Group): Uint8Array {
    const bytes = writer.view();
    const numbers = { sequence, syncedSequence: this.#syncedSequence, lastRevision };
    sealGroup(bytes, numbers, this.#seed);
    return bytes;
  }

  #noteSync({ place }: Group, beganAtMs: number): void {
    this.#syncedSequence = place.sequence;
    this.#isQuick = this.#options.clock() - beganAtMs <= QUICK_SYNC_MS;
  }

  #advance({ place: { sequence } }: Group, bytes: number): void {
    const { segment, lengthBytes } = this.#end;
    this.#end = { segment, lengthBytes: lengthBytes + bytes, sequence };
    this.lengths.set(segment, lengthBytes + bytes);
    this.#room.grown(lengthBytes + bytes, bytes);
  }

  async #startSegment({ place, lastRevision }: Group): Promise<void> {
    // The new header will vouch for everything before it.
    if (this.#file !== undefined) {
      await this.sync();
      // While the file is still open: what fails here may be tried again.
      await this.#room.cut(this.#file, this.#end.lengthBytes);
    }
    await this.close();
    const { segment, sequence: firstSequence } = place;
    const firstSegment = this.lengths.first;
    const start = { segment, firstSequence, firstSegment, lastRevision };
    this.#file = await createSegment(this.#options, start);
    const lengthBytes = SEGMENT_HEADER_BYTES;
    this.#end = { segment, lengthBytes, sequence: this.#end.sequence };
    this.lengths.set(segment, lengthBytes);
    this.#room.begin(lengthBytes);
    this.onSegment();
  }

  async #syncNow(): Promise<void> {
    const { sequence } = this.#end;
    if (sequence === this.#syncedSequence || this.#file === undefined) return;
    await this.#file.sync();
    this.#syncedSequence = sequence;
  }

  #openFile(): OpenFile {
    if (this.#file === undefined) throw new Error("The segment writer is closed");
    return this.#file;
  }
}

interface SegmentStart {
  readonly segment: number;
  readonly firstSequence: number;
  readonly firstSegment: number;
  readonly lastRevision: number;
}

async function createSegment(
  { files, directory, storeId, syncsEveryWrite }: SegmentWriterOptions,
  start: SegmentStart,
): Promise<OpenFile> {
  const path = join(directory, segmentName(start.segment));
  const file = await files.open(path, { file: "new", syncsEveryWrite });
  try {
    await writeFully(file, encodeSegmentHeader({ storeId, ...start }), 0);
    await file.sync();
    await files.syncDirectory(directory);
  } catch (error) {
    await discard(files, path, file);
    throw error;
  }
  return file;
}

/**
 * Tries to leave nothing of a segment that could not be begun: its header may be in the system's
 * memory and not on the disk. The next start finds its way with it too, so a failure here is not one more.
 */
async function discard(files: FilePort, path: string, file: OpenFile): Promise<void> {
  try {
    await file.close();
    await files.remove(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
