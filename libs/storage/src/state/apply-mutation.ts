import type { Field } from "../store.ts";
import { ByteMap } from "./byte-map.ts";
import type {
  CreateMutation,
  DeleteMutation,
  DropMutation,
  ExpireKeyMutation,
  Mutation,
  PutMutation,
} from "./mutation.ts";
import type { MutationNumber } from "./mutation-number.ts";
import { type Bucket, bucketById, type Tables } from "./tables.ts";

/**
 * Does to `tables` what `mutation` says, without asking whether it should: it was decided against
 * these very tables, or comes from a log and went through `findNonsense`. Copies what it keeps.
 */
export function applyMutation(tables: Tables, mutation: Mutation): void {
  tables.lastRevision = mutation.revision;
  if (mutation.type === "create") return applyCreate(tables, mutation);
  const bucket = bucketById(tables, mutation.bucketId);
  bucket.revision = mutation.revision;
  switch (mutation.type) {
    case "drop":
      return applyDrop(tables, bucket, mutation);
    case "put":
      return applyPut(tables, bucket, mutation);
    case "delete":
      return applyDelete(bucket, mutation);
    case "expire-bucket":
      bucket.expiresAtMs = mutation.expiresAtMs;
      bucket.standingRevision = mutation.revision;
      return;
    case "expire-key":
      return applyExpireKey(bucket, mutation);
  }
}

function applyCreate(tables: Tables, { revision, name }: CreateMutation): void {
  const bucket: Bucket = {
    id: revision,
    name: new Uint8Array(name),
    ordinal: tables.nextOrdinal++,
    keys: new ByteMap(),
    revision,
    standingRevision: revision,
    removalRevision: 0,
    expiresAtMs: undefined,
  };
  tables.buckets.set(bucket.name, bucket);
  tables.bucketsById.set(bucket.id, bucket);
}

function applyDrop(tables: Tables, bucket: Bucket, { revision }: DropMutation): void {
  tables.buckets.delete(bucket.name);
  tables.bucketsById.delete(bucket.id);
  tables.dropRevision = revision;
}

function applyPut(tables: Tables, bucket: Bucket, { revision, fields }: PutMutation): void {
  for (const field of fields) putField(tables, bucket, { field, revision });
}

function putField(
  tables: Tables,
  bucket: Bucket,
  put: { readonly field: Field; readonly revision: MutationNumber },
): void {
  const { field, revision } = put;
  const value = new Uint8Array(field.value);
  const entry = bucket.keys.get(field.key);
  if (entry === undefined) {
    const ordinal = tables.nextOrdinal++;
    bucket.keys.set(field.key, { ordinal, value, revision, expiresAtMs: field.expiresAtMs });
  } else {
    entry.value = value;
    entry.revision = revision;
    entry.expiresAtMs = field.expiresAtMs;
  }
}

function applyDelete(bucket: Bucket, { revision, keys }: DeleteMutation): void {
  for (const key of keys) bucket.keys.delete(key);
  bucket.removalRevision = revision;
}

function applyExpireKey(bucket: Bucket, { key, revision, expiresAtMs }: ExpireKeyMutation): void {
  const entry = bucket.keys.get(key);
  if (entry === undefined) throw new Error(`Bucket ${bucket.id} has no such key to expire`);
  entry.expiresAtMs = expiresAtMs;
  entry.revision = revision;
}
