import type {
  BucketOutcome,
  CreateBucketOutcome,
  DropBucketOutcome,
  Lifetime,
  Revision,
} from "@kv/storage";
import type { CountBucketsOutcome } from "../../kv.ts";
import { readOptionalNumber, writeOptionalNumber } from "./optional.ts";
import type { OutcomeCodec } from "./outcome-codec.ts";
import { KIND } from "./outcome-kind.ts";
import { readRevision, writeRevision } from "./revision.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

const NO_BUCKET = { type: "no-bucket" } as const;

/** What comes of `createBucket`. */
export const createBucketCodec: OutcomeCodec<CreateBucketOutcome> = {
  write: (writer, { type, revision }) => writeKind(writer, KIND[type], revision),
  read(reader, kind) {
    if (kind === KIND.created) return { type: "created", revision: readRevision(reader) };
    if (kind === KIND.exists) return { type: "exists", revision: readRevision(reader) };
    return undefined;
  },
};

/** What comes of `dropBucket`. */
export const dropBucketCodec: OutcomeCodec<DropBucketOutcome> = {
  write(writer, outcome) {
    if (outcome.type === "no-bucket") writer.u8(KIND.noBucket);
    else writeKind(writer, KIND.dropped, outcome.revision);
  },
  read(reader, kind) {
    if (kind === KIND.noBucket) return NO_BUCKET;
    return kind === KIND.dropped ? { type: "dropped", revision: readRevision(reader) } : undefined;
  },
};

/** What comes of `describeBucket`. */
export const describeBucketCodec: OutcomeCodec<BucketOutcome> = {
  write(writer, outcome) {
    if (outcome.type === "no-bucket") return writer.u8(KIND.noBucket);
    writeKind(writer, KIND.bucket, outcome.revision);
    writeOptionalNumber(writer, outcome.expiresAtMs);
    writeLifetime(writer, outcome.lifetime);
    writer.i64(outcome.keys);
  },
  read(reader, kind) {
    if (kind === KIND.noBucket) return NO_BUCKET;
    if (kind !== KIND.bucket) return undefined;
    const revision = readRevision(reader);
    const expiresAtMs = readOptionalNumber(reader);
    const lifetime = readLifetime(reader);
    return { type: "found", revision, keys: reader.count(), expiresAtMs, lifetime };
  },
};

/** What comes of `countBuckets`. */
export const countBucketsCodec: OutcomeCodec<CountBucketsOutcome> = {
  write(writer, { buckets }) {
    writer.u8(KIND.counted);
    writer.i64(buckets);
  },
  read: (reader, kind) =>
    kind === KIND.counted ? { type: "counted", buckets: reader.count() } : undefined,
};

/** Writes who outlives the last key. */
export function writeLifetime(writer: WireWriter, lifetime: Lifetime): void {
  writer.flag(lifetime === "transient");
}

/** Reads what {@link writeLifetime} wrote. */
export function readLifetime(reader: WireReader): Lifetime {
  return reader.flag() ? "transient" : "kept";
}

function writeKind(writer: WireWriter, kind: number, revision: Revision): void {
  writer.u8(kind);
  writeRevision(writer, revision);
}
