import { join } from "node:path";
import { segmentName } from "./file-names.ts";
import { type FilePort, type OpenFile, writeFully } from "./file-port.ts";
import { sealGroup } from "./format/group-header.ts";
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import { checksumSeed, type StoreId } from "./format/store-id.ts";
import type { LogEnd } from "./log-replay.ts";
import { isSystemError } from "./system-reason.ts";

/** Where a log lies, and how it is written. */
export interface SegmentWriterOptions {
  readonly files: FilePort;
  readonly directory: string;
  readonly storeId: StoreId;
  /** Whether an append returns only when its bytes survive a power cut. */
  readonly syncsEveryWrite: boolean;
  /** Whether at least the first append does. */
  readonly syncsFirstGroup: boolean;
}

/** What {@link SegmentWriter} appends: room for a header, then the records. */
export interface Appendable {
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly startsSegment: boolean;
}

/**
 * Appends groups to the last segment of a log. One append at a time; a sync may run beside it. The
 * first error is the last word: nothing is tried again, here or by the caller.
 */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  readonly #seed: number;
  /** `undefined` between two segments. */
  #file: OpenFile | undefined;
  #end: LogEnd;
  #syncedSequence: number;
  #isFirstGroup = true;
  #syncs: Promise<void> = Promise.resolve();

  private constructor(options: SegmentWriterOptions, file: OpenFile, end: LogEnd) {
    this.#options = options;
    this.#seed = checksumSeed(options.storeId);
    this.#file = file;
    this.#end = end;
    this.#syncedSequence = end.sequence;
  }

  /** Goes on where a log ends; everything in it has been synced. Makes the first segment of a new log. */
  static async open(options: SegmentWriterOptions, end: LogEnd): Promise<SegmentWriter> {
    if (end.segment === 0) {
      const file = await createSegment(options, 1, 1);
      const lengthBytes = SEGMENT_HEADER_BYTES;
      return new SegmentWriter(options, file, { segment: 1, lengthBytes, sequence: 0 });
    }
    const { files, directory, syncsEveryWrite } = options;
    const path = join(directory, segmentName(end.segment));
    const file = await files.open(path, { file: "existing", syncsEveryWrite });
    return new SegmentWriter(options, file, end);
  }

  /** Behind the last group that was written completely. */
  get end(): LogEnd {
    return this.#end;
  }

  /** Writes one group, filling in its header. */
  async append({ bytes, sequence, startsSegment }: Appendable): Promise<void> {
    if (startsSegment) await this.#startSegment(sequence);
    sealGroup(bytes, { sequence, syncedSequence: this.#syncedSequence }, this.#seed);
    const { segment, lengthBytes } = this.#end;
    await writeFully(this.#openFile(), bytes, lengthBytes);
    this.#end = { segment, lengthBytes: lengthBytes + bytes.length, sequence };
    if (this.#options.syncsEveryWrite) this.#syncedSequence = sequence;
    else if (this.#isFirstGroup && this.#options.syncsFirstGroup) await this.sync();
    this.#isFirstGroup = false;
  }

  /** Makes sure that everything appended until now survives a power cut. */
  sync(): Promise<void> {
    this.#syncs = this.#syncs.then(() => this.#syncNow());
    return this.#syncs;
  }

  /**
   * Tries to take back what a failed append left behind the last good group, so that the next start
   * finds a clean end. It will find its way without, so a failure here is not one more failure.
   */
  async cutBack(): Promise<void> {
    try {
      await this.#file?.truncate(this.#end.lengthBytes);
      await this.#file?.sync();
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #startSegment(firstSequence: number): Promise<void> {
    // The new header will vouch for everything before it.
    await this.sync();
    await this.close();
    const segment = this.#end.segment + 1;
    this.#file = await createSegment(this.#options, segment, firstSequence);
    const { sequence } = this.#end;
    this.#end = { segment, lengthBytes: SEGMENT_HEADER_BYTES, sequence };
  }

  async #syncNow(): Promise<void> {
    const { sequence } = this.#end;
    if (sequence === this.#syncedSequence) return;
    await this.#openFile().sync();
    this.#syncedSequence = sequence;
  }

  #openFile(): OpenFile {
    if (this.#file === undefined) throw new Error("The segment writer is closed");
    return this.#file;
  }
}

async function createSegment(
  { files, directory, storeId, syncsEveryWrite }: SegmentWriterOptions,
  segment: number,
  firstSequence: number,
): Promise<OpenFile> {
  const path = join(directory, segmentName(segment));
  const file = await files.open(path, { file: "new", syncsEveryWrite });
  try {
    await writeFully(file, encodeSegmentHeader({ storeId, segment, firstSequence }), 0);
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
