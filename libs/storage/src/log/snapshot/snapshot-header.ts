import { crc32 } from "node:zlib";
import { ByteReader } from "../format/byte-reader.ts";
import { ByteWriter } from "../format/byte-writer.ts";
import { FORMAT_VERSION } from "../format/segment-header.ts";
import { STORE_ID_BYTES, type StoreId } from "../format/store-id.ts";
import type { LogPosition } from "../log-position.ts";

/**
 * What an index snapshot begins with. Numbers are little-endian.
 *
 * ```text
 *  0        4         8          24        32        40         48         56        64         72
 *  ┌────────┬─────────┬──────────┬─────────┬─────────┬──────────┬──────────┬─────────┬──────────┬───────┐
 *  │ "KVSN" │ version │ store id │ from:   │ its     │ sequence │ last     │ first   │ revision │ CRC   │
 *  │        │ u32     │ 16 bytes │ segment │ offset  │ before   │ revision │ segment │ of the   │ u32   │
 *  │        │         │          │ u64     │ u64     │ it, u64  │ u64      │ u64     │ last drop│       │
 *  └────────┴─────────┴──────────┴─────────┴─────────┴──────────┴──────────┴─────────┴──────────┴───────┘
 * ```
 *
 * The CRC-32 covers everything before it, and every later checksum of the file starts from it, so that
 * no part of another snapshot can pass for one of this.
 */
export interface SnapshotHeader {
  readonly storeId: StoreId;
  /** Where the log goes on that has to be replayed over the snapshot. */
  readonly from: LogPosition;
  /** The oldest segment that the log needed when the snapshot was begun. */
  readonly firstSegment: number;
  /** The revision of the latest drop of a bucket when it was begun; 0 for none. */
  readonly dropRevision: number;
}

/** What the first bytes of a snapshot file turned out to be. */
export type SnapshotHeaderReading =
  | { readonly type: "header"; readonly header: SnapshotHeader; readonly seed: number }
  | { readonly type: "bad"; readonly reason: string };

/** Length of a header. */
export const SNAPSHOT_HEADER_BYTES = 76;

const MAGIC = 0x4e53564b; // "KVSN"

/** Lays out `header` in a fresh array; `seed` is what the checksums of the file's other parts start from. */
export function encodeSnapshotHeader(header: SnapshotHeader): {
  readonly bytes: Uint8Array;
  readonly seed: number;
} {
  const writer = new ByteWriter();
  writer.u32(MAGIC);
  writer.u32(FORMAT_VERSION);
  writer.bytes(header.storeId);
  writer.u64(header.from.segment);
  writer.u64(header.from.offsetBytes);
  writer.u64(header.from.sequence);
  writer.u64(header.from.lastRevision);
  writer.u64(header.firstSegment);
  writer.u64(header.dropRevision);
  const seed = crc32(writer.view());
  writer.u32(seed);
  return { bytes: writer.view(), seed };
}

/** Reads the first {@link SNAPSHOT_HEADER_BYTES} of a snapshot file; the store id is a copy. */
export function decodeSnapshotHeader(bytes: Uint8Array): SnapshotHeaderReading {
  const reader = new ByteReader(bytes);
  const magic = reader.u32();
  const version = reader.u32();
  const storeId = reader.bytes(STORE_ID_BYTES);
  const segment = reader.u64();
  const offsetBytes = reader.u64();
  const sequence = reader.u64();
  const lastRevision = reader.u64();
  const firstSegment = reader.u64();
  const dropRevision = reader.u64();
  const seed = reader.u32();
  if (magic !== MAGIC) return { type: "bad", reason: "it is no snapshot" };
  if (seed !== crc32(bytes.subarray(0, SNAPSHOT_HEADER_BYTES - 4))) {
    return { type: "bad", reason: "the checksum of its header does not match" };
  }
  if (version !== FORMAT_VERSION) {
    return { type: "bad", reason: `it has format version ${version}, not ${FORMAT_VERSION}` };
  }
  if (
    storeId === undefined ||
    segment === undefined ||
    offsetBytes === undefined ||
    sequence === undefined ||
    lastRevision === undefined ||
    firstSegment === undefined ||
    dropRevision === undefined
  ) {
    return { type: "bad", reason: "its header holds a number out of range" };
  }
  const from = { segment, offsetBytes, sequence, lastRevision };
  const header = { storeId: new Uint8Array(storeId), from, firstSegment, dropRevision };
  return { type: "header", header, seed };
}
