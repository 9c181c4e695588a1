import { whiteSpaceLength } from "./white-space.ts";

declare const brand: unique symbol;

/** A checked bucket name: 1 to {@link bucketNameLimitBytes} bytes that a line can carry as one word. */
export type BucketName = Uint8Array & { readonly [brand]: "BucketName" };

/** The longest bucket name, in bytes; its length fits a byte wherever one is written down. */
export const bucketNameLimitBytes = 255;

/**
 * The only way to make a `BucketName`; `undefined` when `bytes` is empty, too long, or holds white space.
 * The name is `bytes` itself, not a copy.
 */
export function parseBucketName(bytes: Uint8Array): BucketName | undefined {
  if (bytes.length === 0 || bytes.length > bucketNameLimitBytes) return undefined;
  for (let at = 0; at < bytes.length; at++) {
    if (whiteSpaceLength(bytes, at, bytes.length) > 0) return undefined;
  }
  return brandBucketName(bytes);
}

function brandBucketName(bytes: Uint8Array): BucketName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place the brand is put on
  return bytes as BucketName;
}
