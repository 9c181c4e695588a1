import { join } from "node:path";
import { segmentName } from "./file-names.ts";
import { type FilePort, writeFully } from "./file-port.ts";
import { groupAt } from "./format/group-header.ts";
import { SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import type { LogEnd } from "./log-replay.ts";

/** No write is longer than this: one should not last for seconds. */
const PIECE_BYTES = 4 * 2 ** 20;

/** The last segment as a replay has read it. */
export interface ReadSegment {
  /** The file's bytes as they were found good, not as another look at the file might find them. */
  readonly bytes: Uint8Array;
  readonly end: LogEnd;
  /** Every group up to this one is on the disk, on the word of a group's header; 0 for none. */
  readonly vouchedSequence: number;
}

/**
 * Brings the end of a log that was not closed in order to the disk: writes again, in place, what no
 * header vouches for, and syncs.
 *
 * A sync alone would not do. What was read may have come from the system's memory, and when a sync
 * has failed before, the system has marked the pages as written all the same: the next sync finds
 * nothing to do and reports success. A write makes them differ from the disk again.
 *
 * The same bytes go to the same places: interrupted anywhere, it leaves what it found.
 */
export async function rewriteEnd(
  files: FilePort,
  directory: string,
  segment: ReadSegment,
): Promise<void> {
  const { bytes, end } = segment;
  const path = join(directory, segmentName(end.segment));
  const file = await files.open(path, { file: "existing", syncsEveryWrite: false });
  try {
    for (let at = findUnvouched(segment); at < end.lengthBytes; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, Math.min(at + PIECE_BYTES, end.lengthBytes));
      await writeFully(file, piece, at);
    }
    // The room that a crash has left behind the log.
    if (bytes.length > end.lengthBytes) await file.truncate(end.lengthBytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Where the part begins that no header vouches for. A group vouches for the header before it by being there. */
function findUnvouched({ bytes, end, vouchedSequence }: ReadSegment): number {
  if (end.lengthBytes === SEGMENT_HEADER_BYTES) return 0;
  let offset = SEGMENT_HEADER_BYTES;
  while (offset < end.lengthBytes) {
    const { sequence, lengthBytes } = groupAt(bytes, offset);
    if (sequence > vouchedSequence) break;
    offset += lengthBytes;
  }
  return offset;
}
