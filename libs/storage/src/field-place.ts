import type { FieldPlace } from "./plain-operations.ts";

/** Where a field stands whose key and value are arrays of their own. */
export function placeOfField(
  bucket: Uint8Array,
  { key, value }: { readonly key: Uint8Array; readonly value: Uint8Array },
): FieldPlace {
  return {
    bucket,
    bytes: key,
    words: new DataView(key.buffer, key.byteOffset, key.length),
    start: 0,
    end: key.length,
    valueWords: new DataView(value.buffer, value.byteOffset, value.length),
    valueStart: 0,
    valueEnd: value.length,
  };
}
