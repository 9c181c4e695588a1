import { isMutationNumber, type MutationNumber } from "../../state/mutation-number.ts";
import type { Field } from "../../store.ts";
import type { ByteReader } from "./byte-reader.ts";
import { FLAG_AGAIN, FLAG_EXPIRES, type LogRecord, RECORD_TYPE } from "./log-record.ts";

interface Start {
  readonly type: number;
  readonly flags: number;
  readonly bucketId: MutationNumber;
  readonly revision: MutationNumber;
}

/**
 * The next record of a payload, in the layout drawn at {@link LogRecord}; its arrays are views.
 * `undefined` when the bytes are no record: too few, an unknown type or flag, a count of nothing.
 */
export function decodeRecord(reader: ByteReader): LogRecord | undefined {
  const start = readStart(reader);
  if (start === undefined) return undefined;
  const { bucketId, revision } = start;
  switch (start.type) {
    case RECORD_TYPE.bucket:
      return readBucket(reader, start);
    case RECORD_TYPE.drop:
      return start.flags === 0 ? { type: "drop", bucketId, revision } : undefined;
    case RECORD_TYPE.put: {
      const fields = start.flags === 0 ? readMany(reader, readField) : undefined;
      return fields && { type: "put", bucketId, revision, fields };
    }
    case RECORD_TYPE.delete: {
      const keys = start.flags === 0 ? readMany(reader, readBlock) : undefined;
      return keys && { type: "delete", bucketId, revision, keys };
    }
    case RECORD_TYPE.expireBucket: {
      const time = readTime(reader, start.flags);
      return time && { type: "expire-bucket", bucketId, revision, ...time };
    }
    case RECORD_TYPE.expireKey: {
      const time = readTime(reader, start.flags);
      const key = readBlock(reader);
      return time && key && { type: "expire-key", bucketId, revision, key, ...time };
    }
    default:
      return undefined;
  }
}

function readStart(reader: ByteReader): Start | undefined {
  const type = reader.u8();
  const flags = reader.u8();
  const bucketId = reader.u64();
  const revision = reader.u64();
  if (type === undefined || flags === undefined) return undefined;
  if (bucketId === undefined || !isMutationNumber(bucketId)) return undefined;
  if (revision === undefined || !isMutationNumber(revision)) return undefined;
  return { type, flags, bucketId, revision };
}

function readBucket(reader: ByteReader, start: Start): LogRecord | undefined {
  const { flags, bucketId, revision } = start;
  const name = readBlock(reader);
  if (name === undefined || flags > FLAG_AGAIN || revision !== bucketId) return undefined;
  return { type: flags === FLAG_AGAIN ? "declare" : "create", bucketId, revision, name };
}

function readField(reader: ByteReader): Field | undefined {
  const flags = reader.u8();
  const keyBytes = reader.u32();
  const valueBytes = reader.u32();
  if (flags === undefined || keyBytes === undefined || valueBytes === undefined) return undefined;
  const time = readTime(reader, flags);
  const key = reader.bytes(keyBytes);
  const value = reader.bytes(valueBytes);
  return time && key && value && { key, value, ...time };
}

function readBlock(reader: ByteReader): Uint8Array | undefined {
  const length = reader.u32();
  return length === undefined ? undefined : reader.bytes(length);
}

/** The time that `flags` announce; an object, so that "no time" differs from "no good". */
function readTime(
  reader: ByteReader,
  flags: number,
): { readonly expiresAtMs: number | undefined } | undefined {
  if (flags === 0) return { expiresAtMs: undefined };
  const expiresAtMs = flags === FLAG_EXPIRES ? reader.i64() : undefined;
  return expiresAtMs === undefined ? undefined : { expiresAtMs };
}

function readMany<Item>(
  reader: ByteReader,
  readOne: (reader: ByteReader) => Item | undefined,
): readonly Item[] | undefined {
  const count = reader.u32();
  if (count === undefined || count === 0) return undefined;
  const items: Item[] = [];
  while (items.length < count) {
    const item = readOne(reader);
    // A count that lies ends here, when the bytes do, and not when the memory does.
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}
