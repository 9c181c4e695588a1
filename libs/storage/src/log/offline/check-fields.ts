import { crc32 } from "node:zlib";
import { loadU32 } from "../format/little-endian.ts";
import { RECORD_TYPE } from "../format/log-record.ts";
import { RecordCursor } from "../format/record-cursor.ts";
import type { WalkedGroup } from "./segment-walk.ts";

/** One for all groups: it holds nothing between two calls. */
const cursor = new RecordCursor();

/**
 * Compares the own checksum of every field in a group, which is what a value that is read is proven by, and tells
 * of each that is wrong. Returns how many records there are, and whether something else follows them.
 */
export function checkFields(
  { bytes, start, end }: WalkedGroup,
  tell: (offsetBytes: number, reason: string) => void,
): { readonly records: number; readonly isBad: boolean } {
  let records = 0;
  cursor.open(bytes, start, end);
  while (cursor.nextRecord()) {
    records += 1;
    if (cursor.type !== RECORD_TYPE.put && cursor.type !== RECORD_TYPE.copy) continue;
    while (cursor.nextItem()) {
      const { fieldStart, fieldEnd, bucketId } = cursor;
      const checksum = crc32(bytes.subarray(fieldStart + 4, fieldEnd), bucketId >>> 0);
      if (checksum === loadU32(bytes, fieldStart)) continue;
      tell(fieldStart, "the checksum of a key and its value does not match");
    }
  }
  return { records, isBad: cursor.isBad };
}
