import type { ListOptions } from "@kv/storage";
import {
  type GetRequest,
  OPERATION_NUMBER,
  type PutRequest,
  type RemoteRequest,
} from "../request.ts";
import { writeCondition } from "./condition.ts";
import { writeTerms } from "./expiry-terms.ts";
import { encodeGet, encodePut, measureGet, measurePut } from "./encode-hot-request.ts";
import { writeOfNode } from "./move-requests.ts";
import { writeKey, writeKeys } from "./names.ts";
import { writeOptionalNumber, writeOptionalText } from "./optional.ts";
import { WireWriter } from "./wire-writer.ts";

/** Requests that need not be fast. */
type OtherRequest = Exclude<RemoteRequest, GetRequest | PutRequest>;

/**
 * How many bytes `request` takes. Throws a `RangeError` for what no node would take: a key of more than 1 MiB, a time that
 * is no whole number of milliseconds, a page of less than one entry.
 */
export function measureRequest(request: RemoteRequest): number {
  if (request.type === "get") return measureGet(request);
  if (request.type === "put") return measurePut(request);
  const counter = new WireWriter();
  layOutRequest(counter, request);
  return counter.at;
}

/** Writes `request`, which was measured, to `target` from `at` on, in the layout drawn at {@link RemoteRequest}. */
export function encodeRequest(target: Uint8Array, at: number, request: RemoteRequest): void {
  if (request.type === "get") encodeGet(target, at, request);
  else if (request.type === "put") encodePut(target, at, request);
  else layOutRequest(new WireWriter(target, at), request);
}

function layOutRequest(writer: WireWriter, request: OtherRequest): void {
  writer.u8(OPERATION_NUMBER[request.type]);
  writer.u16(request.hops.bytes.length);
  writer.bytes(request.hops.bytes);
  switch (request.type) {
    case "describe-key":
      writer.shortBlock(request.bucket);
      writeKey(writer, request.key);
      return;
    case "delete":
      writer.shortBlock(request.bucket);
      writeCondition(writer, request.condition);
      writeKeys(writer, request.keys);
      return;
    case "expire":
      writer.shortBlock(request.bucket);
      writer.flag(request.key !== undefined);
      if (request.key !== undefined) writeKey(writer, request.key);
      writeOptionalNumber(writer, request.expiresAtMs);
      writeTerms(writer, request.conditions);
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
    case "move-begin":
    case "move-fields":
    case "move-activate":
    case "routing":
      writeOfNode(writer, request);
      return;
    case "count-buckets":
  }
}

function writePlace(writer: WireWriter, { cursor, limit }: ListOptions): void {
  if (limit !== undefined && limit < 1) throw new RangeError(`Cannot list ${limit} entries`);
  writeOptionalText(writer, cursor);
  writeOptionalNumber(writer, limit);
}
