import type { Hops } from "../hops.ts";
import {
  type MoveActivateRequest,
  type MoveBeginRequest,
  type MovedField,
  type MoveFieldsRequest,
  moveIdLimitBytes,
  type RoutingRequest,
  routingTextLimitBytes,
} from "../move-request.ts";
import { readLifetime, writeLifetime } from "./bucket-outcomes.ts";
import { readBucket, readKey, readKeys, writeKey, writeKeys } from "./names.ts";
import { readOptionalNumber, writeOptionalNumber } from "./optional.ts";
import { readRevision, writeRevision } from "./revision.ts";
import { readShortText, writeShortText } from "./short-text.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** What one node asks of another of its own accord. */
export type OfNodeRequest =
  | MoveBeginRequest
  | MoveFieldsRequest
  | MoveActivateRequest
  | RoutingRequest;

/** Writes what is behind the hops of `request`. Throws a `RangeError` for what no node would take. */
export function writeOfNode(writer: WireWriter, request: OfNodeRequest): void {
  if (request.hops.nodes.length !== 1) throw new RangeError("nobody passes this request on");
  if (request.type === "routing") {
    return writeShortText(writer, request.text, routingTextLimitBytes);
  }
  writer.shortBlock(request.bucket);
  writeShortText(writer, request.moveId, moveIdLimitBytes);
  if (request.type === "move-begin") {
    writeLifetime(writer, request.lifetime);
    writeOptionalNumber(writer, request.expiresAtMs);
    writeRevision(writer, request.revisionFloor);
  } else if (request.type === "move-fields") {
    writer.u32(request.fields.length);
    for (const { key, value, expiresAtMs } of request.fields) {
      writeKey(writer, key);
      writer.block(value);
      writeOptionalNumber(writer, expiresAtMs);
    }
    writeKeys(writer, request.deletedKeys);
  }
}

/** Reads what {@link writeOfNode} wrote; whether the bytes were sound is asked of the reader. */
export function readOfNode(
  reader: WireReader,
  type: OfNodeRequest["type"],
  hops: Hops,
): OfNodeRequest {
  if (hops.nodes.length !== 1) reader.refuse();
  if (type === "routing") {
    return { type, hops, text: readShortText(reader, routingTextLimitBytes) };
  }
  const bucket = readBucket(reader);
  const moveId = readShortText(reader, moveIdLimitBytes);
  const part = { hops, bucket, moveId };
  if (type === "move-activate") return { type, ...part };
  if (type === "move-fields") {
    return { type, ...part, fields: readMoved(reader), deletedKeys: readKeys(reader) };
  }
  const lifetime = readLifetime(reader);
  const expiresAtMs = readOptionalNumber(reader);
  return { type, ...part, lifetime, expiresAtMs, revisionFloor: readRevision(reader) };
}

/** An announced count takes no memory: the fields are read while there are any. */
function readMoved(reader: WireReader): readonly MovedField[] {
  const fields: MovedField[] = [];
  for (let left = reader.u32(); left > 0 && !reader.isBad; left--) {
    fields.push({
      key: readKey(reader),
      value: reader.block(),
      expiresAtMs: readOptionalNumber(reader),
    });
  }
  return fields;
}
