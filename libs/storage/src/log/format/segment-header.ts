import { crc32 } from "node:zlib";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { STORE_ID_BYTES, type StoreId } from "./store-id.ts";

/**
 * How every segment file begins. Numbers are little-endian.
 *
 * ```text
 *  0        4         8                  24               32               40      44
 *  ┌────────┬─────────┬──────────────────┬────────────────┬────────────────┬───────┐
 *  │ "KVLG" │ version │ store id         │ segment number │ first group's  │ CRC   │
 *  │        │ u32     │ 16 bytes         │ u64            │ sequence, u64  │ u32   │
 *  └────────┴─────────┴──────────────────┴────────────────┴────────────────┴───────┘
 *  44              52               60      64
 *  ┌───────────────┬────────────────┬───────┐
 *  │ first segment │ last           │ CRC   │
 *  │ needed, u64   │ revision, u64  │ u32   │
 *  └───────────────┴────────────────┴───────┘
 * ```
 *
 * Each CRC-32 covers everything before it. The header is on the disk before the first group is
 * written, and all earlier segments were before it: a header that reads well vouches that every
 * group below `firstSequence` was synced.
 *
 * Every version of the format will keep the first 44 bytes, so that a program can tell a newer file
 * from a damaged one.
 */
export interface SegmentHeader {
  readonly storeId: StoreId;
  /** From 1 up; the file is named after it. */
  readonly segment: number;
  readonly firstSequence: number;
  /** The oldest segment that the log needed when this one was begun: from 1 up to `segment`. */
  readonly firstSegment: number;
  /** At least the highest revision given out in the groups before this segment; 0 for none. */
  readonly lastRevision: number;
}

/** Length of a segment header. */
export const SEGMENT_HEADER_BYTES = 64;

/** The version of all files of a store that this program writes, and the only one it reads. */
export const FORMAT_VERSION = 3;

const MAGIC = 0x474c564b; // "KVLG"
/** Where the first CRC stands: what every version of the format has, and nothing more, lies before it. */
const COMMON_BYTES = 40;
const CHECKED_BYTES = SEGMENT_HEADER_BYTES - 4;

/** What the first bytes of a segment turned out to be. */
export type SegmentHeaderReading =
  | { readonly type: "header"; readonly header: SegmentHeader }
  | { readonly type: "other-version"; readonly found: number }
  | { readonly type: "bad"; readonly reason: string };

/** Lays out `header` in a fresh array. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(MAGIC);
  writer.u32(FORMAT_VERSION);
  writer.bytes(header.storeId);
  writer.u64(header.segment);
  writer.u64(header.firstSequence);
  writer.u32(crc32(writer.view()));
  writer.u64(header.firstSegment);
  writer.u64(header.lastRevision);
  writer.u32(crc32(writer.view()));
  return writer.view();
}

/** Reads the header of a segment from the file's bytes; the store id is a copy. */
export function decodeSegmentHeader(file: Uint8Array): SegmentHeaderReading {
  const reader = new ByteReader(file);
  const magic = reader.u32();
  const found = reader.u32();
  const storeId = reader.bytes(STORE_ID_BYTES);
  const segment = reader.u64();
  const firstSequence = reader.u64();
  const commonChecksum = reader.u32();
  if (commonChecksum === undefined) return bad("the segment header is cut short");
  if (magic !== MAGIC) return bad("the segment header has no magic");
  if (commonChecksum !== crc32(file.subarray(0, COMMON_BYTES))) {
    return bad("the segment header's checksum does not match");
  }
  if (found !== undefined && found !== FORMAT_VERSION) return { type: "other-version", found };
  const firstSegment = reader.u64();
  const lastRevision = reader.u64();
  const checksum = reader.u32();
  if (checksum === undefined) return bad("the segment header is cut short");
  if (checksum !== crc32(file.subarray(0, CHECKED_BYTES))) {
    return bad("the segment header's checksum does not match");
  }
  if (
    storeId === undefined ||
    segment === undefined ||
    firstSequence === undefined ||
    firstSegment === undefined ||
    lastRevision === undefined
  ) {
    return bad("the segment header holds a number out of range");
  }
  const numbers = { segment, firstSequence, firstSegment, lastRevision };
  return { type: "header", header: { storeId: new Uint8Array(storeId), ...numbers } };
}

function bad(reason: string): SegmentHeaderReading {
  return { type: "bad", reason };
}
