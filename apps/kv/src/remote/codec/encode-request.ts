import type { Field, ListOptions } from "@kv/storage";
import { keyLimitBytes, OPERATION_NUMBER, type RemoteRequest } from "../request.ts";
import { writeCondition } from "./condition.ts";
import { writeOptionalNumber, writeOptionalText } from "./optional.ts";
import { WireWriter } from "./wire-writer.ts";

/**
 * How many bytes `request` takes. Throws a `RangeError` for what no node would take: a key of more than 1 MiB, a time that
 * is no whole number of milliseconds, a page of less than one entry.
 */
export function measureRequest(request: RemoteRequest): number {
  const counter = new WireWriter();
  layOutRequest(counter, request);
  return counter.at;
}

/** Writes `request`, which was measured, to `target` from `at` on, in the layout drawn at {@link RemoteRequest}. */
export function encodeRequest(target: Uint8Array, at: number, request: RemoteRequest): void {
  layOutRequest(new WireWriter(target, at), request);
}

function layOutRequest(writer: WireWriter, request: RemoteRequest): void {
  writer.u8(OPERATION_NUMBER[request.type]);
  writer.u16(request.hops.bytes.length);
  writer.bytes(request.hops.bytes);
  switch (request.type) {
    case "get":
    case "describe-key":
      writer.shortBlock(request.bucket);
      writeKey(writer, request.key);
      return;
    case "put":
      writer.shortBlock(request.bucket);
      writer.flag(request.createsBucket);
      writer.u32(request.fields.length);
      for (const field of request.fields) writeField(writer, field);
      return;
    case "delete":
      writer.shortBlock(request.bucket);
      writeCondition(writer, request.condition);
      writer.u32(request.keys.length);
      for (const key of request.keys) writeKey(writer, key);
      return;
    case "expire":
      writer.shortBlock(request.bucket);
      writer.flag(request.key !== undefined);
      if (request.key !== undefined) writeKey(writer, request.key);
      writeOptionalNumber(writer, request.expiresAtMs);
      return;
    case "list-keys":
      writer.shortBlock(request.bucket);
      writePlace(writer, request);
      return;
    case "list-buckets":
      writePlace(writer, request);
      return;
    case "create-bucket":
    case "drop-bucket":
    case "describe-bucket":
      writer.shortBlock(request.bucket);
      return;
    case "count-buckets":
  }
}

function writeField(writer: WireWriter, field: Field): void {
  writeKey(writer, field.key);
  writer.block(field.value);
  writeOptionalNumber(writer, field.expiresAtMs);
  writeCondition(writer, field.condition);
}

function writeKey(writer: WireWriter, key: Uint8Array): void {
  if (key.length > keyLimitBytes) throw new RangeError(`Cannot send a key of ${key.length} bytes`);
  writer.block(key);
}

function writePlace(writer: WireWriter, { cursor, limit }: ListOptions): void {
  if (limit !== undefined && limit < 1) throw new RangeError(`Cannot list ${limit} entries`);
  writeOptionalText(writer, cursor);
  writeOptionalNumber(writer, limit);
}
