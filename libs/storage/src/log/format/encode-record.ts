import type { FieldPlace } from "../../plain-operations.ts";
import type { Lifetime } from "../../store.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { encodeField, encodePlacedField, RECORD_START_BYTES } from "./field.ts";
import { storeI64 } from "./little-endian.ts";
import {
  FLAG_AGAIN,
  FLAG_BUCKET_EXPIRES,
  FLAG_EXPIRES,
  FLAG_TRANSIENT,
  type LogRecord,
  RECORD_TYPE,
} from "./log-record.ts";

/** Appends `record` to `writer` in the layout drawn at {@link LogRecord}. */
export function encodeRecord(writer: ByteWriter, record: LogRecord): void {
  switch (record.type) {
    case "put":
      start(writer, RECORD_TYPE.put, 0, record.bucketId, record.revision);
      writer.u32(record.fields.length);
      for (const field of record.fields) encodeField(writer, field, record.bucketId);
      return;
    case "copy":
      start(writer, RECORD_TYPE.copy, 0, record.bucketId, record.revision);
      encodeField(writer, record, record.bucketId);
      return;
    case "delete":
      start(writer, RECORD_TYPE.delete, 0, record.bucketId, record.revision);
      writer.u32(record.keys.length);
      for (const key of record.keys) writeBlock(writer, key);
      return;
    case "expire-key": {
      const flags = flagFor(record.expiresAtMs, FLAG_EXPIRES);
      start(writer, RECORD_TYPE.expireKey, flags, record.bucketId, record.revision);
      writeTime(writer, record.expiresAtMs);
      writeBlock(writer, record.key);
      return;
    }
    case "expire-bucket": {
      const flags = flagFor(record.expiresAtMs, FLAG_EXPIRES);
      start(writer, RECORD_TYPE.expireBucket, flags, record.bucketId, record.revision);
      writeTime(writer, record.expiresAtMs);
      return;
    }
    case "create":
      start(writer, RECORD_TYPE.bucket, flagOfLife(record), record.bucketId, record.revision);
      writeBlock(writer, record.name);
      return;
    case "restate": {
      const time = flagFor(record.expiresAtMs, FLAG_BUCKET_EXPIRES);
      const flags = FLAG_AGAIN + time + flagOfLife(record);
      start(writer, RECORD_TYPE.bucket, flags, record.bucketId, record.revision);
      writeTime(writer, record.expiresAtMs);
      writeBlock(writer, record.name);
      return;
    }
    case "drop":
      start(writer, RECORD_TYPE.drop, 0, record.bucketId, record.revision);
      return;
    case "keep":
      start(writer, RECORD_TYPE.keep, 0, record.bucketId, record.revision);
      return;
    case "trim":
      start(writer, RECORD_TYPE.trim, 0, record.firstSegment, 0);
  }
}

/** {@link encodeRecord} for a put of one field that never expires: a path without objects, for most puts are such. */
export function encodePut(
  writer: ByteWriter,
  bucketId: number,
  revision: number,
  field: FieldPlace,
): void {
  start(writer, RECORD_TYPE.put, 0, bucketId, revision);
  writer.u32(1);
  encodePlacedField(writer, field, bucketId);
}

/** A field as it was encoded for the same bucket: the bytes from `start` to before `end`. */
export interface FieldBytes {
  readonly bytes: DataView;
  readonly start: number;
  readonly end: number;
}

/** {@link encodeRecord} for the copy of a field: its bytes are taken over, with the checksum that they have. */
export function encodeCopy(
  writer: ByteWriter,
  bucketId: number,
  revision: number,
  field: FieldBytes,
): void {
  start(writer, RECORD_TYPE.copy, 0, bucketId, revision);
  writer.part(field.bytes, field.start, field.end);
}

function start(
  writer: ByteWriter,
  type: number,
  flags: number,
  bucketId: number,
  revision: number,
): void {
  const at = writer.claim(RECORD_START_BYTES);
  const bytes = writer.buffer;
  bytes[at] = type;
  bytes[at + 1] = flags;
  storeI64(bytes, at + 2, bucketId);
  storeI64(bytes, at + 10, revision);
}

function writeBlock(writer: ByteWriter, bytes: Uint8Array): void {
  writer.u32(bytes.length);
  writer.bytes(bytes);
}

function isTime(expiresAtMs: number | undefined): expiresAtMs is number {
  return expiresAtMs !== undefined && expiresAtMs !== Number.POSITIVE_INFINITY;
}

function flagFor(expiresAtMs: number | undefined, flag: number): number {
  return isTime(expiresAtMs) ? flag : 0;
}

function flagOfLife({ lifetime }: { readonly lifetime?: Lifetime | undefined }): number {
  return lifetime === "transient" ? FLAG_TRANSIENT : 0;
}

function writeTime(writer: ByteWriter, expiresAtMs: number | undefined): void {
  if (isTime(expiresAtMs)) writer.i64(expiresAtMs);
}
