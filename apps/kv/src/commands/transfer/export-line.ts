/**
 * The format of an export: NDJSON, one object a line, told apart by `type`. Version 1.
 *
 * ```text
 * export = header *( bucket / key / checkpoint ) end
 *
 * {"type":"export","version":1,"node":"foo@host"}
 * {"type":"bucket","bucket":"shopping","revision":7,"expiresAtMs":…}
 * {"type":"bucket","bucket":"session","revision":9,"lifetime":"transient"}
 * {"type":"key","bucket":"shopping","key":"milk","value":"1","revision":5,"expiresAtMs":…}
 * {"type":"checkpoint","opening":"…","bucket":"shopping","cursor":"1000","buckets":1,"keys":1000,"crc32":"89abcdef"}
 * {"type":"end","buckets":1,"keys":2000,"crc32":"01234567"}
 * ```
 *
 * Version 2 is a delta: what has come since an earlier export of the same node, the one whose last checksum is `since`. Beside the lines
 * above it has some for what is gone. All are to be carried out in their order:
 *
 * ```text
 * {"type":"export","version":2,"node":"foo@host","since":"01234567"}
 * {"type":"drop","bucket":"session"}
 * {"type":"delete","bucket":"shopping","key":"eggs"}
 * ```
 *
 * A node that is asked for a delta sends one line more, which stands in no file: a key is as it was.
 *
 * ```text
 * {"type":"same","bucket":"shopping","key":"milk","revision":5}
 * ```
 *
 * Bytes are UTF-8 text as `bucket`, `key`, `value`, or base64 as `bucketBase64`, `keyBase64`, `valueBase64`. An
 * `expiresAtMs` is there only where something expires, a `lifetime` only of buckets that go with their last key. A `crc32` is that of all bytes before its line, in eight
 * hexadecimal digits; it goes on across a resumed export. A checkpoint without a `cursor` stands behind all keys of
 * its bucket; with one, in the middle of them, and the cursor is good while `opening` is that of the node's store.
 */
import type { Lifetime } from "@kv/storage";
import * as v from "valibot";
import { type BucketName, parseBucketName } from "../../bucket-name.ts";
import { byteMember, bytesIn } from "../byte-form.ts";

/** The version of a whole export. */
export const exportVersion = 1;

/** The version of a delta, and the highest that is read. */
export const deltaVersion = 2;

/** How much stands before a place in an export. */
export interface Tally {
  /** Lines of buckets, and of keys. */
  readonly buckets: number;
  readonly keys: number;
  /** Of all bytes. */
  readonly crc32: number;
}

/** One line of an export. */
export type ExportLine =
  | {
      readonly type: "export";
      readonly version: number;
      readonly node: string;
      /** Of a delta: the `crc32` at the end of the export that it follows. */
      readonly since?: number | undefined;
    }
  | ({
      readonly type: "bucket";
      readonly bucket: BucketName;
      /** `kept` when it is left out. */
      readonly lifetime?: Lifetime | undefined;
    } & Stamp)
  | ({
      readonly type: "key";
      readonly bucket: BucketName;
      readonly key: Uint8Array;
      readonly value: Uint8Array;
    } & Stamp)
  | { readonly type: "drop"; readonly bucket: BucketName }
  | { readonly type: "delete"; readonly bucket: BucketName; readonly key: Uint8Array }
  | {
      readonly type: "same";
      readonly bucket: BucketName;
      readonly key: Uint8Array;
      readonly revision: number | string;
    }
  | ({
      readonly type: "checkpoint";
      readonly opening: string;
      readonly bucket: BucketName;
      readonly cursor: string | undefined;
    } & Tally)
  | ({ readonly type: "end" } & Tally);

/** What a bucket or a key carries beside its bytes. The revision is for the reader: a store gives its own. */
export interface Stamp {
  readonly revision?: number | string | undefined;
  readonly expiresAtMs?: number | undefined;
}

const stamp = {
  revision: v.optional(v.union([v.number(), v.string()])),
  expiresAtMs: v.optional(v.pipe(v.number(), v.safeInteger())),
};

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const checksum = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{8}$/u),
  v.transform((text) => Number.parseInt(text, 16)),
);

const tally = { buckets: count, keys: count, crc32: checksum };

const header = v.object({
  type: v.literal("export"),
  version: count,
  node: v.string(),
  since: v.optional(checksum),
});
const dropLine = v.looseObject({ type: v.literal("drop") });
const deleteLine = v.looseObject({ type: v.literal("delete") });
const sameLine = v.looseObject({
  type: v.literal("same"),
  revision: v.union([v.number(), v.string()]),
});
const lifetime = v.optional(v.picklist(["kept", "transient"]));
const bucketLine = v.looseObject({ type: v.literal("bucket"), lifetime, ...stamp });
const keyLine = v.looseObject({ type: v.literal("key"), ...stamp });
const checkpoint = v.looseObject({
  type: v.literal("checkpoint"),
  opening: v.string(),
  cursor: v.optional(v.string()),
  ...tally,
});
const end = v.object({ type: v.literal("end"), ...tally });
const anyLine = v.variant("type", [
  header,
  bucketLine,
  keyLine,
  dropLine,
  deleteLine,
  sameLine,
  checkpoint,
  end,
]);

/** A line as its text, with the line feed. */
export function encodeLine(line: ExportLine): string {
  return `${JSON.stringify(shapeOf(line))}\n`;
}

function shapeOf(line: ExportLine): object {
  switch (line.type) {
    case "export": {
      const { type, version, node, since } = line;
      return { type, version, node, since: since === undefined ? undefined : digits(since) };
    }
    case "drop":
      return { type: line.type, ...byteMember("bucket", line.bucket) };
    case "delete": {
      const { type, bucket, key } = line;
      return { type, ...byteMember("bucket", bucket), ...byteMember("key", key) };
    }
    case "same": {
      const { type, bucket, key, revision } = line;
      return { type, ...byteMember("bucket", bucket), ...byteMember("key", key), revision };
    }
    case "bucket": {
      const { type, bucket, revision, expiresAtMs } = line;
      const life = line.lifetime === "transient" ? line.lifetime : undefined;
      return { type, ...byteMember("bucket", bucket), revision, expiresAtMs, lifetime: life };
    }
    case "key": {
      const { type, bucket, key, value, revision, expiresAtMs } = line;
      const bytes = { ...byteMember("bucket", bucket), ...byteMember("key", key) };
      return { type, ...bytes, ...byteMember("value", value), revision, expiresAtMs };
    }
    case "checkpoint": {
      const { type, opening, bucket, cursor, buckets, keys, crc32 } = line;
      const place = { ...byteMember("bucket", bucket), cursor };
      return { type, opening, ...place, buckets, keys, crc32: digits(crc32) };
    }
    case "end": {
      const { type, buckets, keys, crc32 } = line;
      return { type, buckets, keys, crc32: digits(crc32) };
    }
    default:
      return line satisfies never;
  }
}

function digits(crc32: number): string {
  return crc32.toString(16).padStart(8, "0");
}

/** A line read, or what is wrong with it, to be read after "line 7:". */
export type ParsedLine =
  | { readonly type: "line"; readonly line: ExportLine }
  | { readonly type: "flawed"; readonly reason: string };

/** Reads one line, without its line feed. Nothing of it is quoted in the reason: it is somebody's data. */
export function parseLine(text: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return flawed("it is no JSON");
    throw error;
  }
  const parsed = v.safeParse(anyLine, value);
  if (!parsed.success) return flawed("it is no line of an export");
  return withBytes(parsed.output);
}

function withBytes(shape: v.InferOutput<typeof anyLine>): ParsedLine {
  if (shape.type === "export" || shape.type === "end") return read(shape);
  const name = bytesIn(shape, "bucket");
  const bucket = name === undefined ? undefined : parseBucketName(name);
  if (bucket === undefined) return flawed("it has no bucket, or one that can have no such name");
  if (shape.type === "checkpoint") {
    const { type, opening, cursor, buckets, keys, crc32 } = shape;
    return read({ type, opening, bucket, cursor, buckets, keys, crc32 });
  }
  if (shape.type === "drop") return read({ type: "drop", bucket });
  if (shape.type === "bucket") {
    const { revision, expiresAtMs, lifetime: ends } = shape;
    return read({ type: "bucket", bucket, revision, expiresAtMs, lifetime: ends });
  }
  const key = bytesIn(shape, "key");
  if (shape.type !== "key") {
    if (key === undefined) return flawed("it has no key");
    if (shape.type === "delete") return read({ type: "delete", bucket, key });
    return read({ type: "same", bucket, key, revision: shape.revision });
  }
  const value = bytesIn(shape, "value");
  if (key === undefined || value === undefined) return flawed("it has no key, or no value");
  const { revision, expiresAtMs } = shape;
  return read({ type: "key", bucket, key, value, revision, expiresAtMs });
}

function read(line: ExportLine): ParsedLine {
  return { type: "line", line };
}

function flawed(reason: string): ParsedLine {
  return { type: "flawed", reason };
}
