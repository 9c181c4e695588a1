import { decodeGroupHeader, GROUP_HEADER_BYTES } from "../format/group-header.ts";
import { SEGMENT_HEADER_BYTES } from "../format/segment-header.ts";
import { readGroup } from "../read-group.ts";
import type { SegmentFiles } from "../segment-files.ts";

/** Read at once; a group that is longer is read in one piece too. */
const PIECE_BYTES = 2 ** 20;

/** The records of one group, and where in the segment they begin. */
export interface SegmentGroup {
  readonly payload: Uint8Array;
  readonly payloadAt: number;
}

/** A segment to be read from its first group to `lengthBytes`. */
export interface SegmentToRead {
  readonly segment: number;
  readonly lengthBytes: number;
  /** The store's checksum seed. */
  readonly seed: number;
}

/** Bytes of a segment are not what was written. */
export class SegmentDamage extends Error {
  override readonly name = "SegmentDamage";
  readonly offsetBytes: number;

  constructor(offsetBytes: number, reason: string) {
    super(reason);
    this.offsetBytes = offsetBytes;
  }
}

/**
 * The groups of a segment, one after the other, in little memory: each is good until the next is asked for. Throws {@link SegmentDamage}, and
 * whatever reading throws.
 */
export async function* readGroups(
  files: SegmentFiles,
  { segment, lengthBytes, seed }: SegmentToRead,
): AsyncGenerator<SegmentGroup, void> {
  let memory = new Uint8Array(0);
  let piece: Uint8Array = memory;
  let pieceAt = SEGMENT_HEADER_BYTES;
  const load = async (at: number, wantedBytes: number): Promise<void> => {
    if (at - pieceAt + wantedBytes <= piece.length) return;
    const bytes = Math.min(Math.max(PIECE_BYTES, wantedBytes), lengthBytes - at);
    if (memory.length < bytes) memory = new Uint8Array(bytes);
    piece = await files.read(segment, at, bytes, memory);
    pieceAt = at;
  };
  for (let at = SEGMENT_HEADER_BYTES; at < lengthBytes; ) {
    await load(at, GROUP_HEADER_BYTES);
    const header = decodeGroupHeader(piece, at - pieceAt, seed);
    if (header === undefined) throw new SegmentDamage(at, "a group's header is damaged");
    await load(at, GROUP_HEADER_BYTES + header.payloadBytes);
    const reading = readGroup(piece, at - pieceAt, seed);
    if (reading.type === "bad") throw new SegmentDamage(at, reading.reason);
    const payloadAt = at + GROUP_HEADER_BYTES;
    yield { payload: reading.payload, payloadAt };
    at = payloadAt + header.payloadBytes;
  }
}
