import { crc32 } from "node:zlib";
import { ByteReader } from "../format/byte-reader.ts";
import { ByteWriter } from "../format/byte-writer.ts";

/**
 * What an index snapshot ends with: the last bytes of the file. Numbers are little-endian.
 *
 * ```text
 *  0        4              12       16        24      32      36
 *  ┌────────┬──────────────┬────────┬─────────┬───────┬───────┐
 *  │ "KVSE" │ end sequence │ blocks │ buckets │ keys  │ CRC   │
 *  │        │ u64          │ u32    │ u64     │ u64   │ u32   │
 *  └────────┴──────────────┴────────┴─────────┴───────┴───────┘
 * ```
 *
 * The CRC-32 covers everything before it, seeded with that of the header.
 */
export interface SnapshotFooter {
  /** The last group of which the snapshot may have seen something; it was on the disk before this was written. */
  readonly endSequence: number;
  /** How many there are of each in the file. */
  readonly blocks: number;
  readonly buckets: number;
  readonly keys: number;
}

/** Length of a footer. */
export const SNAPSHOT_FOOTER_BYTES = 36;

const MAGIC = 0x4553564b; // "KVSE"

/** Lays out `footer` in a fresh array, for the file whose header has the checksum `seed`. */
export function encodeSnapshotFooter(footer: SnapshotFooter, seed: number): Uint8Array {
  const writer = new ByteWriter();
  writer.u32(MAGIC);
  writer.u64(footer.endSequence);
  writer.u32(footer.blocks);
  writer.u64(footer.buckets);
  writer.u64(footer.keys);
  writer.u32(crc32(writer.view(), seed));
  return writer.view();
}

/** Reads the last {@link SNAPSHOT_FOOTER_BYTES} of a snapshot file; `undefined` when they are no sound footer of it. */
export function decodeSnapshotFooter(bytes: Uint8Array, seed: number): SnapshotFooter | undefined {
  const reader = new ByteReader(bytes);
  const magic = reader.u32();
  const endSequence = reader.u64();
  const blocks = reader.u32();
  const buckets = reader.u64();
  const keys = reader.u64();
  const isSound =
    magic === MAGIC && reader.u32() === crc32(bytes.subarray(0, SNAPSHOT_FOOTER_BYTES - 4), seed);
  if (
    !isSound ||
    endSequence === undefined ||
    blocks === undefined ||
    buckets === undefined ||
    keys === undefined
  ) {
    return undefined;
  }
  return { endSequence, blocks, buckets, keys };
}
