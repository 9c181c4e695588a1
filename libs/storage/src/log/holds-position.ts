import { decodeGroupHeader, GROUP_HEADER_BYTES } from "./format/group-header.ts";
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES } from "./format/segment-header.ts";
import { checksumSeed } from "./format/store-id.ts";
import type { LogPosition } from "./log-position.ts";

/**
 * Whether `position` is a place between two groups of the segment whose bytes are `file`: goes from
 * header to header of all groups before it.
 */
export function holdsPosition(file: Uint8Array, position: LogPosition): boolean {
  const reading = decodeSegmentHeader(file);
  if (reading.type !== "header" || reading.header.segment !== position.segment) return false;
  const seed = checksumSeed(reading.header.storeId);
  let sequence = reading.header.firstSequence - 1;
  let offsetBytes = SEGMENT_HEADER_BYTES;
  while (offsetBytes < position.offsetBytes) {
    const group = decodeGroupHeader(file, offsetBytes, seed);
    if (group?.sequence !== sequence + 1) return false;
    sequence = group.sequence;
    offsetBytes += GROUP_HEADER_BYTES + group.payloadBytes;
  }
  const isBetween = offsetBytes === position.offsetBytes && offsetBytes <= file.length;
  return isBetween && sequence === position.sequence;
}
