import { fieldChecksum } from "../format/field-checksum.ts";
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
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  cursor.open(bytes, start, end);
  while (cursor.nextRecord()) {
    records += 1;
    if (cursor.type !== RECORD_TYPE.put && cursor.type !== RECORD_TYPE.copy) continue;
    while (cursor.nextItem()) {
      const { fieldStart, fieldEnd, bucketId } = cursor;
      const checksum = fieldChecksum(words, fieldStart + 4, fieldEnd, bucketId);
      if (checksum === words.getUint32(fieldStart, true)) continue;
      tell(fieldStart, "the checksum of a key and its value does not match");
    }
  }
  return { records, isBad: cursor.isBad };
}
