import { isUtf8 } from "node:buffer";
import type { KeyName } from "./salvage-report.ts";

/** A key as a report names it. */
export function keyName(bucket: Uint8Array, key: Uint8Array): KeyName {
  return {
    ...(isUtf8(bucket) ? { bucket: textOf(bucket) } : { bucketBase64: base64Of(bucket) }),
    ...(isUtf8(key) ? { key: textOf(key) } : { keyBase64: base64Of(key) }),
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
