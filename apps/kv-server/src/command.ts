import type { BucketName, Field } from "@kv/kv";

/**
 * What a client asks of the buckets, whatever protocol it speaks.
 *
 * The bytes in it may be views of a read buffer: they are good until the decoder that made the command is
 * asked for the next one. A store copies what it keeps.
 */
export type Command =
  | { readonly type: "create"; readonly bucket: BucketName }
  | { readonly type: "get"; readonly bucket: BucketName; readonly key: Uint8Array }
  | { readonly type: "put"; readonly bucket: BucketName; readonly fields: readonly Field[] }
  | { readonly type: "delete"; readonly bucket: BucketName; readonly keys: readonly Uint8Array[] };

/** Whether a command may change a bucket. Decides what is true when it fails half-way. */
export type Effect = "read" | "write";

/** The effect of every command of this type. */
export function effectOf(type: Command["type"]): Effect {
  return type === "get" ? "read" : "write";
}
