import { crc32 } from "node:zlib";
import { loadU32, loadU64, storeI64, storeU32 } from "./little-endian.ts";

/**
 * How every group begins; its records follow. Numbers are little-endian.
 *
 * ```text
 *  0        4          8          16             24            32         36         40
 *  ┌────────┬──────────┬──────────┬──────────────┬─────────────┬──────────┬──────────┬─────────
 *  │ "KVGP" │ payload  │ sequence │ known synced │ last        │ CRC of   │ CRC of   │ payload
 *  │        │ bytes u32│ u64      │ sequence u64 │ revision u64│ payload  │ header   │ …
 *  └────────┴──────────┴──────────┴──────────────┴─────────────┴──────────┴──────────┴─────────
 * ```
 *
 * Two checksums, for two questions. The header's covers the store id and bytes 0 to 35. It alone
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
  /**
   * The highest revision given out up to and including this group, also to mutations whose records
   * are gone since, and by revisions passed over: no later mutation has it or a lower one.
   */
  readonly lastRevision: number;
  readonly payloadChecksum: number;
}

/** Length of a group header. */
export const GROUP_HEADER_BYTES = 40;

const MAGIC = 0x5047564b; // "KVGP"
const MAGIC_BYTES = Buffer.from("KVGP", "latin1");
const CHECKED_BYTES = GROUP_HEADER_BYTES - 4;

/** Fills in the first 40 bytes of `group`, whose payload follows them already. */
export function sealGroup(
  group: Uint8Array,
  numbers: Pick<GroupHeader, "sequence" | "syncedSequence" | "lastRevision">,
  seed: number,
): void {
  storeU32(group, 0, MAGIC);
  storeU32(group, 4, group.length - GROUP_HEADER_BYTES);
  storeI64(group, 8, numbers.sequence);
  storeI64(group, 16, numbers.syncedSequence);
  storeI64(group, 24, numbers.lastRevision);
  storeU32(group, 32, crc32(group.subarray(GROUP_HEADER_BYTES)));
  storeU32(group, CHECKED_BYTES, crc32(group.subarray(0, CHECKED_BYTES), seed));
}

/** The group header at `offset` of `file`, or `undefined` when there is no whole and sound one. */
export function decodeGroupHeader(
  file: Uint8Array,
  offset: number,
  seed: number,
): GroupHeader | undefined {
  const header = file.subarray(offset, offset + GROUP_HEADER_BYTES);
  if (header.length < GROUP_HEADER_BYTES || loadU32(header, 0) !== MAGIC) return undefined;
  const checksum = loadU32(header, CHECKED_BYTES);
  if (checksum !== crc32(header.subarray(0, CHECKED_BYTES), seed)) return undefined;
  const sequence = loadU64(header, 8);
  const syncedSequence = loadU64(header, 16);
  const lastRevision = loadU64(header, 24);
  if (Math.max(sequence, syncedSequence, lastRevision) > Number.MAX_SAFE_INTEGER) return undefined;
  const payloadBytes = loadU32(header, 4);
  const payloadChecksum = loadU32(header, 32);
  return { payloadBytes, sequence, syncedSequence, lastRevision, payloadChecksum };
}

/** The number and the length, header included, of a group at `offset` of `file` that is known to be sound. */
export function groupAt(
  file: Uint8Array,
  offset: number,
): { readonly sequence: number; readonly lengthBytes: number } {
  const lengthBytes = GROUP_HEADER_BYTES + loadU32(file, offset + 4);
  return { sequence: loadU64(file, offset + 8), lengthBytes };
}

/** Where the next group may begin at or behind `offset`; -1 when nowhere. */
export function findGroupMagic(file: Uint8Array, offset: number): number {
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength).indexOf(MAGIC_BYTES, offset);
}
