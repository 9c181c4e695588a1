import { crc32 } from "node:zlib";
import { type FilePort, type ReadableFile, readFully } from "../file-port.ts";
import {
  decodeGroupHeader,
  findGroupMagic,
  GROUP_HEADER_BYTES,
  type GroupHeader,
} from "../format/group-header.ts";
import { SEGMENT_HEADER_BYTES } from "../format/segment-header.ts";
import { isZeroFrom } from "../is-zero-from.ts";

/** Read at once. Between two pieces the event loop goes round: verifying a backup must not hold up a node. */
const PIECE_BYTES = 128 * 1024;

/** A file to be walked over. */
export interface SegmentToWalk {
  readonly path: string;
  readonly lengthBytes: number;
  /** The store's checksum seed. */
  readonly seed: number;
  /** Where a group should begin; behind the header by default. */
  readonly startBytes?: number | undefined;
  /** Whether there may be nothing but zeros behind its last group, see `LogRoom`: they are not skipped then. Not so by default. */
  readonly mayHaveRoom?: boolean | undefined;
  /** How many bytes are read at once; 128 KiB by default. */
  readonly pieceBytes?: number | undefined;
}

/** A group whose header and payload are as they were written. */
export interface WalkedGroup {
  readonly header: GroupHeader;
  /** Where its header begins in the segment. */
  readonly offsetBytes: number;
  /** The segment, as far as it was read: the payload is all there. Good during the call only. */
  readonly bytes: Uint8Array;
  /** The range of the payload. */
  readonly start: number;
  readonly end: number;
}

/** Bytes of a segment that belong to no sound group. */
export interface SkippedRange {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** What is wrong where it begins, as it fits behind a colon. */
  readonly reason: string;
}

/** Told of what a walk comes by, in the order of the file. */
export interface SegmentVisitor {
  /** Behind a skipped range the walk goes on with a group that has this sequence or a higher one. */
  readonly nextSequence: number;
  group(group: WalkedGroup): void;
  skipped(range: SkippedRange): void;
  /** A group header that is sound, and its group is not, or does not count. */
  header?(header: GroupHeader): void;
  /** After each piece, with how far the segment was read: the walk goes on when this has resolved. */
  pause(readBytes: number): Promise<void>;
}

/**
 * Shows all that is sound in a segment. Behind bytes that are no group it goes on at the next one, found by
 * its magic: only a group of this store passes, and one that stands in a value is older than the group it
 * stands in, so it is told by its sequence.
 *
 * Rejects as the disk does, and as the visitor does.
 */
export async function walkSegment(
  files: FilePort,
  segment: SegmentToWalk,
  visitor: SegmentVisitor,
): Promise<void> {
  const file = await files.openForReading(segment.path);
  try {
    await new SegmentWalk(file, segment, visitor).run();
  } finally {
    await file.close();
  }
}

class SegmentWalk {
  readonly #file: ReadableFile;
  readonly #seed: number;
  readonly #visitor: SegmentVisitor;
  readonly #pieceBytes: number;
  readonly #bytes: Uint8Array;
  readonly #mayHaveRoom: boolean;
  /** Bytes up to here were read. */
  #filled: number;
  /** Where the file turned out to end. */
  #length: number;
  #at: number;
  /** The beginning of the range that is being skipped, and why. */
  #flaw: Pick<SkippedRange, "offsetBytes" | "reason"> | undefined;

  constructor(file: ReadableFile, segment: SegmentToWalk, visitor: SegmentVisitor) {
    const { lengthBytes, seed, startBytes = SEGMENT_HEADER_BYTES } = segment;
    this.#mayHaveRoom = segment.mayHaveRoom === true;
    this.#pieceBytes = segment.pieceBytes ?? PIECE_BYTES;
    this.#file = file;
    this.#seed = seed;
    this.#visitor = visitor;
    this.#bytes = new Uint8Array(lengthBytes);
    this.#length = lengthBytes;
    this.#at = startBytes;
    this.#filled = startBytes;
  }

  async run(): Promise<void> {
    while (this.#at < this.#length) {
      const wanted = this.#flaw === undefined ? this.#takeGroups() : this.#findGroup();
      if (wanted > this.#filled && this.#filled < this.#length) await this.#load(wanted);
    }
    this.#endSkipping(this.#length);
  }

  async #load(wanted: number): Promise<void> {
    const end = Math.min(Math.max(wanted, this.#filled + this.#pieceBytes), this.#length);
    const count = await readFully(
      this.#file,
      this.#bytes.subarray(this.#filled, end),
      this.#filled,
    );
    if (this.#filled + count < end) this.#length = this.#filled + count;
    this.#filled += count;
    await this.#visitor.pause(this.#filled);
  }

  /** Goes from group to group; returns up to where bytes are needed to go on. */
  #takeGroups(): number {
    while (this.#at < this.#length) {
      const at = this.#at;
      if (at + GROUP_HEADER_BYTES > this.#filled && this.#filled < this.#length) {
        return at + GROUP_HEADER_BYTES;
      }
      const header = this.#headerAt(at);
      const start = at + GROUP_HEADER_BYTES;
      const end = start + (header?.payloadBytes ?? 0);
      if (end > this.#filled && end <= this.#length) return end;
      const reason = this.#fault(header, start);
      if (header === undefined || reason !== undefined) {
        if (header !== undefined) this.#visitor.header?.(header);
        this.#flaw = { offsetBytes: at, reason: reason ?? "" };
        this.#at = at + 1;
        return 0;
      }
      this.#at = end;
      this.#visitor.group({ header, offsetBytes: at, bytes: this.#bytes, start, end });
    }
    return 0;
  }

  /** Looks for the next group to go on with; returns as {@link #takeGroups} does. */
  #findGroup(): number {
    for (;;) {
      const at = findGroupMagic(this.#bytes.subarray(0, this.#filled), this.#at);
      if (at < 0) {
        const isOver = this.#filled === this.#length;
        // The magic may lie across the end of what was read.
        this.#at = isOver ? this.#length : Math.max(this.#at, this.#filled - 3);
        return this.#filled + 1;
      }
      this.#at = at;
      if (at + GROUP_HEADER_BYTES > this.#filled && this.#filled < this.#length) {
        return at + GROUP_HEADER_BYTES;
      }
      const header = this.#headerAt(at);
      const start = at + GROUP_HEADER_BYTES;
      const end = start + (header?.payloadBytes ?? 0);
      const isNext = header !== undefined && header.sequence >= this.#visitor.nextSequence;
      if (isNext && end > this.#filled && end <= this.#length) return end;
      if (isNext && this.#fault(header, start) === undefined) {
        this.#endSkipping(at);
        return 0;
      }
      if (header !== undefined) this.#visitor.header?.(header);
      this.#at = at + 1;
    }
  }

  #headerAt(at: number): GroupHeader | undefined {
    return decodeGroupHeader(this.#bytes.subarray(0, this.#filled), at, this.#seed);
  }

  /** What is wrong with a group, all of whose bytes that there are were read. */
  #fault(header: GroupHeader | undefined, start: number): string | undefined {
    if (header === undefined) return "no sound group header begins here";
    const end = start + header.payloadBytes;
    if (end > this.#length) return "a group is cut short";
    const isSound = crc32(this.#bytes.subarray(start, end)) === header.payloadChecksum;
    return isSound ? undefined : "a group's checksum does not match";
  }

  #endSkipping(end: number): void {
    if (this.#flaw === undefined) return;
    const { offsetBytes, reason } = this.#flaw;
    this.#flaw = undefined;
    const isToEnd = this.#mayHaveRoom && end === this.#length;
    if (isToEnd && isZeroFrom(this.#bytes.subarray(0, end), offsetBytes)) return;
    this.#visitor.skipped({ offsetBytes, lengthBytes: end - offsetBytes, reason });
  }
}
