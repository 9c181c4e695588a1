import { copyPart } from "../../copy-part.ts";
import type { FieldPlace } from "../../plain-operations.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { fieldChecksum } from "./field-checksum.ts";
import { loadI64, loadU32, storeI64 } from "./little-endian.ts";

/**
 * A key with its value and time, as PUT and COPY records hold it. Numbers are little-endian.
 *
 * ```text
 *  0       4            8              12               20
 *  ┌───────┬────────────┬──────────────┬────────────────┬─────┬───────┐
 *  │ sum   │ key length │ value length │ expires at     │ key │ value │
 *  │ u32   │ u32        │ u32          │ i64            │     │       │
 *  └───────┴────────────┴──────────────┴────────────────┴─────┴───────┘
 * ```
 *
 * `expires at` is in Unix milliseconds; -2^63 stands for never. The sum is that of {@link fieldChecksum},
 * of everything behind it and the bucket's id. So one field can be read alone, from where the
 * index says that it is, and prove that it is whole and that it belongs to that bucket; the reader
 * compares the key.
 */
export interface LoggedField {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** `undefined` for never. An EXPIRE KEY record behind the field may say otherwise. */
  readonly expiresAtMs: number | undefined;
}

/** Bytes of a field before its key. */
export const FIELD_HEADER_BYTES = 20;

/** Bytes of every record before what its type has. */
export const RECORD_START_BYTES = 18;

/** Bytes of a PUT record before its first field. */
export const PUT_START_BYTES = RECORD_START_BYTES + 4;

/** Bytes of a COPY record before its field. */
export const COPY_START_BYTES = RECORD_START_BYTES;

/** What a key takes in a PUT record of its own besides its own bytes and those of its value. */
export const ENTRY_OVERHEAD_BYTES = PUT_START_BYTES + FIELD_HEADER_BYTES;

/** High half of the time that stands for "never"; the low half is 0. */
const NEVER_HIGH = 0x80000000;

/** The longest key, and the longest name of a bucket: what an index holds. */
export const KEY_LIMIT_BYTES = 2 ** 20;

/** How long a field is. */
export function fieldBytes(keyBytes: number, valueBytes: number): number {
  return FIELD_HEADER_BYTES + keyBytes + valueBytes;
}

/** Appends a field of the bucket `bucketId`. A time of `undefined` or `Infinity` is never. */
export function encodeField(
  writer: ByteWriter,
  field: { readonly [Name in keyof LoggedField]?: LoggedField[Name] } & Omit<
    LoggedField,
    "expiresAtMs"
  >,
  bucketId: number,
): void {
  const { key, value, expiresAtMs = Number.POSITIVE_INFINITY } = field;
  const length = FIELD_HEADER_BYTES + key.length + value.length;
  const at = writer.claim(length);
  const { buffer: bytes, words } = writer;
  words.setUint32(at + 4, key.length, true);
  words.setUint32(at + 8, value.length, true);
  if (expiresAtMs === Number.POSITIVE_INFINITY) {
    words.setUint32(at + 12, 0, true);
    words.setUint32(at + 16, NEVER_HIGH, true);
  } else {
    storeI64(bytes, at + 12, expiresAtMs);
  }
  bytes.set(key, at + FIELD_HEADER_BYTES);
  bytes.set(value, at + FIELD_HEADER_BYTES + key.length);
  words.setUint32(at, fieldChecksum(words, at + 4, at + length, bucketId), true);
}

/** {@link encodeField} for a field without a time, told by where it stands: nothing is made for it. */
export function encodePlacedField(writer: ByteWriter, field: FieldPlace, bucketId: number): void {
  const { start, end, valueStart, valueEnd } = field;
  const keyBytes = end - start;
  const valueBytes = valueEnd - valueStart;
  const length = FIELD_HEADER_BYTES + keyBytes + valueBytes;
  const at = writer.claim(length);
  const { words } = writer;
  words.setUint32(at + 4, keyBytes, true);
  words.setUint32(at + 8, valueBytes, true);
  words.setUint32(at + 12, 0, true);
  words.setUint32(at + 16, NEVER_HIGH, true);
  const keyAt = at + FIELD_HEADER_BYTES;
  copyPart(field.words, start, end, words, keyAt);
  copyPart(field.valueWords, valueStart, valueEnd, words, keyAt + keyBytes);
  words.setUint32(at, fieldChecksum(words, at + 4, at + length, bucketId), true);
}

/**
 * Reads `bytes`, which should be one whole field of the bucket `bucketId` and nothing else; key and
 * value are views. `undefined` when they are anything else: another length, another bucket's field, a
 * changed byte.
 */
export function decodeField(bytes: Uint8Array, bucketId: number): LoggedField | undefined {
  if (bytes.length < FIELD_HEADER_BYTES) return undefined;
  const valueStart = FIELD_HEADER_BYTES + loadU32(bytes, 4);
  if (valueStart + loadU32(bytes, 8) !== bytes.length) return undefined;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (fieldChecksum(words, 4, bytes.length, bucketId) !== words.getUint32(0, true))
    return undefined;
  const expiresAtMs = loadFieldTime(bytes, 12);
  if (Number.isNaN(expiresAtMs)) return undefined;
  return {
    key: bytes.subarray(FIELD_HEADER_BYTES, valueStart),
    value: bytes.subarray(valueStart),
    expiresAtMs: expiresAtMs === Number.POSITIVE_INFINITY ? undefined : expiresAtMs,
  };
}

/** The time of a field, `Infinity` for never; `NaN` when no writer of ours can have put it there. */
export function loadFieldTime(bytes: Uint8Array, at: number): number {
  const time = loadI64(bytes, at);
  if (Number.isSafeInteger(time)) return time;
  return loadU32(bytes, at) === 0 && loadU32(bytes, at + 4) === NEVER_HIGH
    ? Number.POSITIVE_INFINITY
    : Number.NaN;
}
