import type {
  Conflict,
  DeleteOutcome,
  ExpireOutcome,
  GetOutcome,
  KeyAbout,
  KeyOutcome,
  PutOutcome,
} from "@kv/storage";
import { readOptionalNumber, writeOptionalNumber } from "./optional.ts";
import type { OutcomeCodec } from "./outcome-codec.ts";
import { KIND } from "./outcome-kind.ts";
import { readRevision, writeRevision } from "./revision.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

const NO_BUCKET = { type: "no-bucket" } as const;
const MISSING = { type: "missing" } as const;
const UNCHANGED = { type: "unchanged" } as const;
const ABSENT_KIND = { "no-bucket": KIND.noBucket, missing: KIND.missing } as const;

/** What comes of `get`. */
export const getCodec: OutcomeCodec<GetOutcome> = {
  write(writer, outcome) {
    if (outcome.type !== "found") return writeAbsent(writer, outcome.type);
    writeFound(writer, outcome, outcome.value.length);
    writer.bytes(outcome.value);
  },
  read(reader, kind) {
    if (kind !== KIND.value) return readAbsent(kind);
    const revision = readRevision(reader);
    const expiresAtMs = readOptionalNumber(reader);
    return { type: "found", value: reader.copiedBlock(), revision, expiresAtMs };
  },
};

/** Writes all that there is to say of a value that was found, before its bytes; returns the writer. */
export function writeFound(
  writer: WireWriter,
  { revision, expiresAtMs }: KeyAbout,
  valueBytes: number,
): WireWriter {
  writer.u8(KIND.value);
  writeRevision(writer, revision);
  writeOptionalNumber(writer, expiresAtMs);
  writer.u32(valueBytes);
  return writer;
}

/** Writes that there is no such key, or no such bucket: a byte. */
export function writeAbsent(writer: WireWriter, type: "missing" | "no-bucket"): void {
  writer.u8(ABSENT_KIND[type]);
}

/** What comes of `describeKey`. */
export const describeKeyCodec: OutcomeCodec<KeyOutcome> = {
  write(writer, outcome) {
    if (outcome.type !== "found") return writer.u8(ABSENT_KIND[outcome.type]);
    writer.u8(KIND.key);
    writeRevision(writer, outcome.revision);
    writeOptionalNumber(writer, outcome.expiresAtMs);
    writer.i64(outcome.valueBytes);
  },
  read(reader, kind) {
    if (kind !== KIND.key) return readAbsent(kind);
    const revision = readRevision(reader);
    const expiresAtMs = readOptionalNumber(reader);
    return { type: "found", revision, expiresAtMs, valueBytes: reader.count() };
  },
};

/** What comes of `put`. */
export const putCodec: OutcomeCodec<PutOutcome> = {
  write(writer, outcome) {
    if (outcome.type === "no-bucket") return writer.u8(KIND.noBucket);
    if (outcome.type === "conflict") return writeConflict(writer, outcome);
    writer.u8(KIND.stored);
    writeRevision(writer, outcome.revision);
    writer.i64(outcome.added);
  },
  read(reader, kind) {
    if (kind === KIND.noBucket) return NO_BUCKET;
    if (kind === KIND.conflict) return readConflict(reader);
    if (kind !== KIND.stored) return undefined;
    return { type: "stored", revision: readRevision(reader), added: reader.count() };
  },
};

/** What comes of `delete`. */
export const deleteCodec: OutcomeCodec<DeleteOutcome> = {
  write(writer, outcome) {
    if (outcome.type === "conflict") return writeConflict(writer, outcome);
    if (outcome.type !== "deleted") return writer.u8(ABSENT_KIND[outcome.type]);
    writer.u8(KIND.deleted);
    writeRevision(writer, outcome.revision);
    writer.i64(outcome.removed);
  },
  read(reader, kind) {
    if (kind === KIND.conflict) return readConflict(reader);
    if (kind !== KIND.deleted) return readAbsent(kind);
    return { type: "deleted", revision: readRevision(reader), removed: reader.count() };
  },
};

/** What comes of `expire`. */
export const expireCodec: OutcomeCodec<ExpireOutcome> = {
  write(writer, outcome) {
    if (outcome.type === "unchanged") return writer.u8(KIND.unchanged);
    if (outcome.type !== "updated") return writer.u8(ABSENT_KIND[outcome.type]);
    writer.u8(KIND.updated);
    writeRevision(writer, outcome.revision);
  },
  read(reader, kind) {
    if (kind === KIND.unchanged) return UNCHANGED;
    if (kind !== KIND.updated) return readAbsent(kind);
    return { type: "updated", revision: readRevision(reader) };
  },
};

function readAbsent(kind: number): typeof NO_BUCKET | typeof MISSING | undefined {
  if (kind === KIND.noBucket) return NO_BUCKET;
  return kind === KIND.missing ? MISSING : undefined;
}

function writeConflict(writer: WireWriter, { key, revision }: Conflict): void {
  writer.u8(KIND.conflict);
  writer.block(key);
  writer.flag(revision !== undefined);
  if (revision !== undefined) writeRevision(writer, revision);
}

function readConflict(reader: WireReader): Conflict {
  const key = reader.copiedBlock();
  return { type: "conflict", key, revision: reader.flag() ? readRevision(reader) : undefined };
}
