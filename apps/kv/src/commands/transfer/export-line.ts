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
 * Bytes are UTF-8 text as `bucket`, `key`, `value`, or base64 as `bucketBase64`, `keyBase64`, `valueBase64`. An
 * `expiresAtMs` is there only where something expires, a `lifetime` only of buckets that go with their last key. A `crc32` is that of all bytes before its line, in eight
 * hexadecimal digits; it goes on across a resumed export. A checkpoint without a `cursor` stands behind all keys of
 * its bucket; with one, in the middle of them, and the cursor is good while `opening` is that of the node's store.
 */
import type { Lifetime } from "@kv/storage";
import * as v from "valibot";
import { type BucketName, parseBucketName } from "../../bucket-name.ts";
import { byteMember, bytesIn } from "../byte-form.ts";

/** The version that is written, and the highest that is read. */
export const exportVersion = 1;

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
  | { readonly type: "export"; readonly version: number; readonly node: string }
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

const tally = {
  buckets: count,
  keys: count,
  crc32: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{8}$/u),
    v.transform((text) => Number.parseInt(text, 16)),
  ),
};

const header = v.object({ type: v.literal("export"), version: count, node: v.string() });
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
const anyLine = v.variant("type", [header, bucketLine, keyLine, checkpoint, end]);

/** A line as its text, with the line feed. */
export function encodeLine(line: ExportLine): string {
  return `${JSON.stringify(shapeOf(line))}\n`;
}

function shapeOf(line: ExportLine): object {
  switch (line.type) {
    case "export":
      return line;
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
  const { revision, expiresAtMs } = shape;
  if (shape.type === "bucket") {
    return read({ type: "bucket", bucket, revision, expiresAtMs, lifetime: shape.lifetime });
  }
  const key = bytesIn(shape, "key");
  const value = bytesIn(shape, "value");
  if (key === undefined || value === undefined) return flawed("it has no key, or no value");
  return read({ type: "key", bucket, key, value, revision, expiresAtMs });
}

function read(line: ExportLine): ParsedLine {
  return { type: "line", line };
}

function flawed(reason: string): ParsedLine {
  return { type: "flawed", reason };
}
