import type { BucketName } from "@kv/kv";

/** A copy of a bucket's name, for a command that goes on when the read buffer has been used again. */
export function keepBucket(bucket: BucketName): BucketName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a copy of a name is that name
  return Uint8Array.from(bucket) as BucketName;
}

/** Copies of keys; likewise. */
export function keepKeys(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  return keys.map((key) => Uint8Array.from(key));
}
