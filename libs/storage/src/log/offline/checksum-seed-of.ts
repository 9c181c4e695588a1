import { crc32 } from "node:zlib";
import { GROUP_HEADER_BYTES } from "../format/group-header.ts";
import { loadU32 } from "../format/little-endian.ts";

/** What a CRC-32 register turns into for each of the 256 values of its low byte. */
const TABLE = Array.from(
  { length: 256 },
  (_, byte) => ~crc32(Uint8Array.of(byte), 0xffffffff) >>> 0,
);

/** By the high byte of an entry of the table, of which no two are alike: the low byte it stands for. */
const BY_HIGH_BYTE = new Map(TABLE.map((entry, byte) => [entry >>> 24, byte] as const));

/**
 * The seed from which a CRC-32 over `bytes` comes to `checksum`: the register is turned back byte by byte.
 *
 * Source: M. Stigge et al., "Reversing CRC - Theory and Practice", HU Berlin 2006.
 */
export function crc32Seed(bytes: Uint8Array, checksum: number): number {
  let register = ~checksum >>> 0;
  for (const byte of bytes.toReversed()) {
    const low = BY_HIGH_BYTE.get(register >>> 24) ?? 0;
    register = (((register ^ (TABLE[low] ?? 0)) << 8) | (low ^ byte)) >>> 0;
  }
  return ~register >>> 0;
}

/**
 * The checksum seed of the store whose group begins at `offset` of `file`: for when no header tells the store
 * id any more. The group must be known to be whole by the checksum of its payload.
 */
export function checksumSeedOf(file: Uint8Array, offset: number): number | undefined {
  const start = offset + GROUP_HEADER_BYTES;
  if (start > file.length) return undefined;
  const payload = file.subarray(start, start + loadU32(file, offset + 4));
  if (payload.length === 0 || crc32(payload) !== loadU32(file, offset + 32)) return undefined;
  const checked = file.subarray(offset, start - 4);
  return crc32Seed(checked, loadU32(file, start - 4));
}
