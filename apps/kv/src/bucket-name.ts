declare const brand: unique symbol;

/**
 * A checked bucket name: 1 to {@link bucketNameLimitBytes} bytes, any. One with white space in it can be made and used by
 * a protocol that says how long its words are; no line can carry it.
 */
export type BucketName = Uint8Array & { readonly [brand]: "BucketName" };

/** The longest bucket name, in bytes; its length fits a byte wherever one is written down. */
export const bucketNameLimitBytes = 255;

/**
 * The only way to make a `BucketName`; `undefined` when `bytes` is empty or too long.
 * The name is `bytes` itself, not a copy.
 */
export function parseBucketName(bytes: Uint8Array): BucketName | undefined {
  if (bytes.length === 0 || bytes.length > bucketNameLimitBytes) return undefined;
  return brandBucketName(bytes);
}

/** A name for where there has to be one before the first request has brought one. */
export const PLACEHOLDER_NAME = brandBucketName(Uint8Array.of(0));

function brandBucketName(bytes: Uint8Array): BucketName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place the brand is put on
  return bytes as BucketName;
}
