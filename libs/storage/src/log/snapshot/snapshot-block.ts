import { crc32 } from "node:zlib";
import { ByteReader } from "../format/byte-reader.ts";

/**
 * Between header and footer an index snapshot is a row of blocks, so that it can be written and
 * checked piece by piece. Numbers are little-endian.
 *
 * ```text
 *  0           4         8         12        16
 *  ┌───────────┬─────────┬─────────┬─────────┬───────
 *  │ payload   │ number, │ CRC of  │ CRC of  │ items
 *  │ bytes u32 │ u32     │ payload │ header  │ …
 *  └───────────┴─────────┴─────────┴─────────┴───────
 * ```
 *
 * Blocks are numbered from 1. The CRC of the header covers bytes 0 to 11; both are seeded with that of
 * the snapshot's header. The payload is items, and none is parted:
 *
 * ```text
 *  bucket
 *  0       1      9          17         25         33      41        45       49
 *  ┌───────┬──────┬──────────┬──────────┬──────────┬───────┬─────────┬────────┬───────────────┬──────
 *  │ flags │ id   │ revision │ standing │ removal  │ about │ segment │ name   │ [expires at   │ name
 *  │ u8    │ u64  │ u64      │ revision │ revision │ keys, │ u32     │ length │  i64]         │
 *  │       │      │          │ u64      │ u64      │ u64   │         │ u32    │               │
 *  └───────┴──────┴──────────┴──────────┴──────────┴───────┴─────────┴────────┴───────────────┴──────
 *  key, of the last bucket before it
 *  0       1        5         9        13       17         25
 *  ┌───────┬────────┬─────────┬────────┬────────┬──────────┬───────────────┬─────
 *  │ flags │ key    │ segment │ offset │ value  │ revision │ [expires at   │ key
 *  │ u8    │ length │ u32     │ u32    │ length │ u64      │  i64]         │
 *  │       │ u32    │         │        │ u32    │          │               │
 *  └───────┴────────┴─────────┴────────┴────────┴──────────┴───────────────┴─────
 * ```
 *
 * Flags: bit 0, it is a bucket; bit 1, it has a time at which it expires; bit 2, of a bucket, it is
 * transient. Others are 0. About keys: how
 * many the bucket had when the writer came to it, so that a reader can make room for them.
 */
export interface BlockHeader {
  readonly payloadBytes: number;
  readonly number: number;
  readonly payloadChecksum: number;
}

/** Length of a block's header. */
export const BLOCK_HEADER_BYTES = 16;

/**
 * A block that has reached this length takes no more items: enough that headers and writes cost
 * nothing beside their bytes, and checked in some ten microseconds.
 */
export const BLOCK_BYTES = 256 * 1024;

/** No block is longer: the longest name or key is 1 MiB, and it may come when the block is all but full. */
export const BLOCK_LIMIT_BYTES = 2 * 1024 * 1024;

/** Bit of an item's flags. */
export const ITEM_IS_BUCKET = 1;
/** Bit of an item's flags. */
export const ITEM_EXPIRES = 2;
/** Bit of an item's flags, with {@link ITEM_IS_BUCKET} only. */
export const ITEM_IS_TRANSIENT = 4;

/** Length of a bucket item without its time and name. */
export const BUCKET_ITEM_BYTES = 49;
/** Length of a key item without its time and key. */
export const KEY_ITEM_BYTES = 25;
/** Length of the time that an item may have. */
export const ITEM_TIME_BYTES = 8;

/** Writes the header of `block`, whose items begin at {@link BLOCK_HEADER_BYTES}. */
export function sealBlock(block: Uint8Array, number: number, seed: number): void {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK_HEADER_BYTES);
  view.setUint32(0, block.length - BLOCK_HEADER_BYTES, true);
  view.setUint32(4, number, true);
  view.setUint32(8, crc32(block.subarray(BLOCK_HEADER_BYTES), seed), true);
  view.setUint32(12, crc32(block.subarray(0, 12), seed), true);
}

/** Reads the header at `at`; `undefined` when none of this snapshot is there as a whole. */
export function decodeBlockHeader(
  bytes: Uint8Array,
  at: number,
  seed: number,
): BlockHeader | undefined {
  const reader = new ByteReader(bytes, at);
  const payloadBytes = reader.u32();
  const number = reader.u32();
  const payloadChecksum = reader.u32();
  if (payloadBytes === undefined || number === undefined || payloadChecksum === undefined) {
    return undefined;
  }
  const isSound = reader.u32() === crc32(bytes.subarray(at, at + 12), seed);
  return isSound ? { payloadBytes, number, payloadChecksum } : undefined;
}
