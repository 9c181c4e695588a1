import type { Field } from "@kv/storage";
import { type Hops, NO_HOPS, parseHops } from "../hops.ts";
import { OPERATION_NUMBER, type RemoteOperation, type RemoteRequest } from "../request.ts";
import { readCondition } from "./condition.ts";
import { readCursor } from "./cursor.ts";
import { readTerms } from "./expiry-terms.ts";
import { readOfNode } from "./move-requests.ts";
import { readBucket, readKey, readKeys } from "./names.ts";
import { readOptionalNumber } from "./optional.ts";
import { WireReader } from "./wire-reader.ts";

const OPERATIONS: readonly (RemoteOperation | undefined)[] = operationsByNumber();

/**
 * Reads requests in the layout drawn at {@link RemoteRequest}. One serves all links of a node: it remembers the hops of the
 * request before, since nearly all requests have the same.
 */
export class RequestDecoder {
  #latestHops = NO_HOPS;

  /**
   * The request in `payload`; its arrays are views of that. `undefined` when it is anything else than one whole request: so
   * nothing is taken, and no memory but for what is there.
   */
  decode(payload: Uint8Array): RemoteRequest | undefined {
    const reader = new WireReader(payload);
    const type = OPERATIONS[reader.u8()];
    const hops = this.#readHops(reader);
    if (type === undefined || hops === undefined) return undefined;
    const request = readRequest(reader, type, hops);
    return reader.isWhole ? request : undefined;
  }

  #readHops(reader: WireReader): Hops | undefined {
    const length = reader.u16();
    if (length === this.#latestHops.bytes.length && reader.skip(this.#latestHops.bytes)) {
      return this.#latestHops;
    }
    const hops = parseHops(reader.bytes(length));
    if (hops !== undefined) this.#latestHops = hops;
    return hops;
  }
}

function readRequest(reader: WireReader, type: RemoteOperation, hops: Hops): RemoteRequest {
  switch (type) {
    case "get":
    case "describe-key":
      return { type, hops, bucket: readBucket(reader), key: readKey(reader) };
    case "put": {
      const bucket = readBucket(reader);
      const createsBucket = reader.flag();
      return { type, hops, bucket, fields: readFields(reader), createsBucket };
    }
    case "delete": {
      const bucket = readBucket(reader);
      const condition = readCondition(reader);
      return { type, hops, bucket, keys: readKeys(reader), condition };
    }
    case "expire": {
      const bucket = readBucket(reader);
      const key = reader.flag() ? readKey(reader) : undefined;
      const expiresAtMs = readOptionalNumber(reader);
      return { type, hops, bucket, key, expiresAtMs, conditions: readTerms(reader) };
    }
    case "list-keys": {
      const bucket = readBucket(reader);
      const cursor = readCursor(reader);
      return { type, hops, bucket, cursor, limit: readLimit(reader) };
    }
    case "list-buckets": {
      const cursor = readCursor(reader);
      return { type, hops, cursor, limit: readLimit(reader) };
    }
    case "create-bucket":
    case "drop-bucket":
    case "describe-bucket":
      return { type, hops, bucket: readBucket(reader) };
    case "move-begin":
    case "move-fields":
    case "move-activate":
    case "routing":
      return readOfNode(reader, type, hops);
    case "count-buckets":
  }
  return { type, hops };
}

/** An announced count takes no memory: the fields are read while there are any. */
function readFields(reader: WireReader): readonly Field[] {
  const fields: Field[] = [];
  for (let left = reader.u32(); left > 0 && !reader.isBad; left--) {
    fields.push({
      key: readKey(reader),
      value: reader.block(),
      expiresAtMs: readOptionalNumber(reader),
      condition: readCondition(reader),
    });
  }
  return fields;
}

function readLimit(reader: WireReader): number | undefined {
  const limit = readOptionalNumber(reader);
  if (limit !== undefined && limit < 1) reader.refuse();
  return limit;
}

function operationsByNumber(): readonly (RemoteOperation | undefined)[] {
  const operations: (RemoteOperation | undefined)[] = [];
  for (const [type, number] of Object.entries(OPERATION_NUMBER)) {
    if (isOperation(type)) operations[number] = type;
  }
  return operations;
}

function isOperation(type: string): type is RemoteOperation {
  return Object.hasOwn(OPERATION_NUMBER, type);
}
