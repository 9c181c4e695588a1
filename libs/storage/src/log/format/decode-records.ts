import { mutationNumber } from "../../state/mutation-number.ts";
import type { Field, Lifetime } from "../../store.ts";
import { decodeField } from "./field.ts";
import { FLAG_AGAIN, FLAG_TRANSIENT, type LogRecord, RECORD_TYPE } from "./log-record.ts";
import { RecordCursor } from "./record-cursor.ts";

/**
 * The records of a payload as objects; their arrays are views. `undefined` when it holds anything
 * else: bytes that {@link RecordCursor} refuses, or a field whose own checksum does not match. For
 * whoever looks at a log closely; a replay uses the cursor.
 */
export function decodeRecords(payload: Uint8Array): readonly LogRecord[] | undefined {
  const cursor = new RecordCursor();
  cursor.open(payload, 0, payload.length);
  const records: LogRecord[] = [];
  while (cursor.nextRecord()) {
    const record = decodeRecord(cursor, payload);
    if (record === undefined) return undefined;
    records.push(record);
  }
  return cursor.isBad ? undefined : records;
}

/** The record at which `cursor`, opened over `bytes`, stands; it goes to the record's end. */
function decodeRecord(cursor: RecordCursor, bytes: Uint8Array): LogRecord | undefined {
  if (cursor.type === RECORD_TYPE.trim) return { type: "trim", firstSegment: cursor.bucketId };
  const bucketId = mutationNumber(cursor.bucketId);
  const revision = mutationNumber(cursor.revision);
  const expiresAtMs = timeOf(cursor);
  switch (cursor.type) {
    case RECORD_TYPE.bucket: {
      const name = keyOf(cursor, bytes);
      return (cursor.flags & FLAG_AGAIN) === 0
        ? { type: "create", bucketId, revision, name, ...lifeOf(cursor) }
        : { type: "restate", bucketId, revision, name, expiresAtMs, ...lifeOf(cursor) };
    }
    case RECORD_TYPE.drop:
      return { type: "drop", bucketId, revision };
    case RECORD_TYPE.keep:
      return { type: "keep", bucketId, revision };
    case RECORD_TYPE.put: {
      const fields = decodeFields(cursor, bytes);
      return fields && { type: "put", bucketId, revision, fields };
    }
    case RECORD_TYPE.delete:
      return { type: "delete", bucketId, revision, keys: decodeKeys(cursor, bytes) };
    case RECORD_TYPE.expireBucket:
      return { type: "expire-bucket", bucketId, revision, expiresAtMs };
    case RECORD_TYPE.expireKey: {
      const key = keyOf(cursor, bytes);
      return { type: "expire-key", bucketId, revision, key, expiresAtMs };
    }
    case RECORD_TYPE.copy: {
      const field = decodeFields(cursor, bytes)?.[0];
      return field && { type: "copy", bucketId, revision, ...field };
    }
    default:
      return undefined;
  }
}

function decodeFields(
  cursor: RecordCursor,
  bytes: Uint8Array,
): readonly (Field & { readonly expiresAtMs: number | undefined })[] | undefined {
  const fields = [];
  while (cursor.nextItem()) {
    const field = decodeField(bytes.subarray(cursor.fieldStart, cursor.fieldEnd), cursor.bucketId);
    if (field === undefined) return undefined;
    fields.push(field);
  }
  return cursor.isBad ? undefined : fields;
}

function decodeKeys(cursor: RecordCursor, bytes: Uint8Array): readonly Uint8Array[] {
  const keys: Uint8Array[] = [];
  while (cursor.nextItem()) keys.push(keyOf(cursor, bytes));
  return keys;
}

function keyOf({ keyStart, keyEnd }: RecordCursor, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(keyStart, keyEnd);
}

function lifeOf({ flags }: RecordCursor): { readonly lifetime?: Lifetime } {
  return (flags & FLAG_TRANSIENT) === 0 ? {} : { lifetime: "transient" };
}

function timeOf({ expiresAtMs }: RecordCursor): number | undefined {
  return expiresAtMs === Number.POSITIVE_INFINITY ? undefined : expiresAtMs;
}
