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
 * ```
 *
 * The CRC-32 covers everything before it. The header is on the disk before the first group is
 * written, and all earlier segments were before it: a header that reads well vouches that every
 * group below `firstSequence` was synced.
 *
 * Every version of the format will keep these 44 bytes, so that a program can tell a newer file
 * from a damaged one.
 */
export interface SegmentHeader {
  readonly storeId: StoreId;
  /** From 1 up; the file is named after it. */
  readonly segment: number;
  readonly firstSequence: number;
}

/** Length of a segment header. */
export const SEGMENT_HEADER_BYTES = 44;

/** The version of all files of a store that this program writes, and the only one it reads. */
export const FORMAT_VERSION = 1;

const MAGIC = 0x474c564b; // "KVLG"
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
  const checksum = reader.u32();
  if (checksum === undefined) return { type: "bad", reason: "the segment header is cut short" };
  if (magic !== MAGIC) return { type: "bad", reason: "the segment header has no magic" };
  if (checksum !== crc32(file.subarray(0, CHECKED_BYTES))) {
    return { type: "bad", reason: "the segment header's checksum does not match" };
  }
  if (found !== undefined && found !== FORMAT_VERSION) return { type: "other-version", found };
  if (storeId === undefined || segment === undefined || firstSequence === undefined) {
    return { type: "bad", reason: "the segment header holds a number out of range" };
  }
  const header = { storeId: new Uint8Array(storeId), segment, firstSequence };
  return { type: "header", header };
}
