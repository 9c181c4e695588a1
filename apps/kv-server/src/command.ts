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

/** What a request costs whoever holds its reply back. */
export interface Demand {
  readonly effect: Effect;
  /** Bytes that a store keeps for the disk until the write is durable; 0 for a read. */
  readonly writtenBytes: number;
}

/** The demand of whatever is read, and of requests that no store sees. */
export const READ: Demand = { effect: "read", writtenBytes: 0 };

/** The demand of `command`. */
export function demandOf(command: Command): Demand {
  if (command.type === "get") return READ;
  let writtenBytes = command.bucket.length;
  if (command.type === "put") {
    for (const { key, value } of command.fields) writtenBytes += key.length + value.length;
  } else if (command.type === "delete") {
    for (const key of command.keys) writtenBytes += key.length;
  }
  return { effect: "write", writtenBytes };
}
