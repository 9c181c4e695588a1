import { type BucketName, parseBucketName } from "../../bucket-name.ts";
import { keyLimitBytes } from "../request.ts";
import { assertKeyFits } from "./encode-hot-request.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** Reads the name of a bucket: a view. */
export function readBucket(reader: WireReader): BucketName {
  const bytes = reader.shortBlock();
  if (parseBucketName(bytes) === undefined) reader.refuse();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is none was refused, with the whole request
  return bytes as BucketName;
}

/** Reads a key: a view. */
export function readKey(reader: WireReader): Uint8Array {
  const key = reader.block();
  if (key.length > keyLimitBytes) reader.refuse();
  return key;
}

/** Reads as many keys as are announced; the number takes no memory: they are read while there are any. */
export function readKeys(reader: WireReader): readonly Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (let left = reader.u32(); left > 0 && !reader.isBad; left--) keys.push(readKey(reader));
  return keys;
}

/** Writes a key. Throws a `RangeError` for one that no node would take. */
export function writeKey(writer: WireWriter, key: Uint8Array): void {
  assertKeyFits(key);
  writer.block(key);
}

/** Writes what {@link readKeys} reads. */
export function writeKeys(writer: WireWriter, keys: readonly Uint8Array[]): void {
  writer.u32(keys.length);
  for (const key of keys) writeKey(writer, key);
}
