import { type BucketName, bucketNameLimitBytes } from "../bucket-name.ts";

/**
 * The bucket in which a node keeps what it has to remember of moves. Its name is longer than any that a client, or another node, can
 * say, so that nobody but the node itself gets at it.
 */
export const systemBucket: Uint8Array = Buffer.alloc(bucketNameLimitBytes + 1, "kv placement ");

/** Whether a bucket of a store is one that clients have. */
export function isClientBucket(bytes: Uint8Array): bytes is BucketName {
  return bytes.length > 0 && bytes.length <= bucketNameLimitBytes;
}

/** A name as what a `Map` is asked by. */
export function nameKey(bucket: Uint8Array): string {
  return Buffer.from(bucket.buffer, bucket.byteOffset, bucket.length).toString("latin1");
}
