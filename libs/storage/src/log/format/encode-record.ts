import type { Field } from "../../store.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { FLAG_AGAIN, FLAG_EXPIRES, type LogRecord, RECORD_TYPE } from "./log-record.ts";

/** Appends `record` to `writer` in the layout drawn at {@link LogRecord}. */
export function encodeRecord(writer: ByteWriter, record: LogRecord): void {
  switch (record.type) {
    case "create":
    case "declare":
      start(writer, RECORD_TYPE.bucket, record.type === "declare" ? FLAG_AGAIN : 0, record);
      writeBlock(writer, record.name);
      return;
    case "drop":
      start(writer, RECORD_TYPE.drop, 0, record);
      return;
    case "put":
      start(writer, RECORD_TYPE.put, 0, record);
      writer.u32(record.fields.length);
      for (const field of record.fields) writeField(writer, field);
      return;
    case "delete":
      start(writer, RECORD_TYPE.delete, 0, record);
      writer.u32(record.keys.length);
      for (const key of record.keys) writeBlock(writer, key);
      return;
    case "expire-bucket":
      start(writer, RECORD_TYPE.expireBucket, flagsFor(record.expiresAtMs), record);
      writeTime(writer, record.expiresAtMs);
      return;
    case "expire-key":
      start(writer, RECORD_TYPE.expireKey, flagsFor(record.expiresAtMs), record);
      writeTime(writer, record.expiresAtMs);
      writeBlock(writer, record.key);
  }
}

function start(writer: ByteWriter, type: number, flags: number, record: LogRecord): void {
  writer.u8(type);
  writer.u8(flags);
  writer.u64(record.bucketId);
  writer.u64(record.revision);
}

function writeField(writer: ByteWriter, { key, value, expiresAtMs }: Field): void {
  writer.u8(flagsFor(expiresAtMs));
  writer.u32(key.length);
  writer.u32(value.length);
  writeTime(writer, expiresAtMs);
  writer.bytes(key);
  writer.bytes(value);
}

function writeBlock(writer: ByteWriter, bytes: Uint8Array): void {
  writer.u32(bytes.length);
  writer.bytes(bytes);
}

function flagsFor(expiresAtMs: number | undefined): number {
  return expiresAtMs === undefined ? 0 : FLAG_EXPIRES;
}

function writeTime(writer: ByteWriter, expiresAtMs: number | undefined): void {
  if (expiresAtMs !== undefined) writer.i64(expiresAtMs);
}
