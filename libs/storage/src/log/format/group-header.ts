import { crc32 } from "node:zlib";
import { ByteReader } from "./byte-reader.ts";

/**
 * How every group begins; its records follow. Numbers are little-endian.
 *
 * ```text
 *  0        4          8          16               24         28         32
 *  ┌────────┬──────────┬──────────┬────────────────┬──────────┬──────────┬─────────
 *  │ "KVGP" │ payload  │ sequence │ known synced   │ CRC of   │ CRC of   │ payload
 *  │        │ bytes u32│ u64      │ sequence, u64  │ payload  │ header   │ …
 *  └────────┴──────────┴──────────┴────────────────┴──────────┴──────────┴─────────
 * ```
 *
 * Two checksums, for two questions. The header's covers the store id and bytes 0 to 27. It alone
 * vouches for "known synced": a torn group with a whole header still proves that earlier groups had
 * reached the disk. With the store id in it, which no client knows, a value that looks like a group
 * is not taken for one. The payload's tells whether the records are whole.
 */
export interface GroupHeader {
  /** At least 1: there are no empty groups. */
  readonly payloadBytes: number;
  /** 1 for the first group of a store, one more for each after it, over all segments. */
  readonly sequence: number;
  /** Groups up to this one were known to be on the disk when this one was written; 0 for none. */
  readonly syncedSequence: number;
  readonly payloadChecksum: number;
}

/** Length of a group header. */
export const GROUP_HEADER_BYTES = 32;

const MAGIC = Buffer.from("KVGP", "latin1");
const CHECKED_BYTES = GROUP_HEADER_BYTES - 4;

/** Fills in the first 32 bytes of `group`, whose payload follows them already. */
export function sealGroup(
  group: Uint8Array,
  numbers: Pick<GroupHeader, "sequence" | "syncedSequence">,
  seed: number,
): void {
  const view = new DataView(group.buffer, group.byteOffset, group.byteLength);
  group.set(MAGIC);
  view.setUint32(4, group.length - GROUP_HEADER_BYTES, true);
  view.setBigUint64(8, BigInt(numbers.sequence), true);
  view.setBigUint64(16, BigInt(numbers.syncedSequence), true);
  view.setUint32(24, crc32(group.subarray(GROUP_HEADER_BYTES)), true);
  view.setUint32(CHECKED_BYTES, crc32(group.subarray(0, CHECKED_BYTES), seed), true);
}

/** The group header at `offset` of `file`, or `undefined` when there is no whole and sound one. */
export function decodeGroupHeader(
  file: Uint8Array,
  offset: number,
  seed: number,
): GroupHeader | undefined {
  const header = file.subarray(offset, offset + GROUP_HEADER_BYTES);
  if (header.length < GROUP_HEADER_BYTES || !MAGIC.equals(header.subarray(0, 4))) return undefined;
  const reader = new ByteReader(header, 4);
  const payloadBytes = reader.u32();
  const sequence = reader.u64();
  const syncedSequence = reader.u64();
  const payloadChecksum = reader.u32();
  if (reader.u32() !== crc32(header.subarray(0, CHECKED_BYTES), seed)) return undefined;
  if (
    payloadBytes === undefined ||
    sequence === undefined ||
    syncedSequence === undefined ||
    payloadChecksum === undefined
  ) {
    return undefined;
  }
  return { payloadBytes, sequence, syncedSequence, payloadChecksum };
}

/** The number and the length, header included, of a group at `offset` of `file` that is known to be sound. */
export function groupAt(
  file: Uint8Array,
  offset: number,
): { readonly sequence: number; readonly lengthBytes: number } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const lengthBytes = GROUP_HEADER_BYTES + view.getUint32(offset + 4, true);
  return { sequence: Number(view.getBigUint64(offset + 8, true)), lengthBytes };
}

/** Where the next group may begin at or behind `offset`; -1 when nowhere. */
export function findGroupMagic(file: Uint8Array, offset: number): number {
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength).indexOf(MAGIC, offset);
}
