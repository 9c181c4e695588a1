import type { Command } from "./command.ts";

/**
 * Whether a command may change a bucket. Decides what is true when it fails half-way. *writes*: several writes, each by itself:
 * when one has failed, the others may have been carried out.
 */
export type Effect = "read" | "write" | "writes";

/** What a request costs whoever holds its reply back. */
export interface Demand {
  readonly effect: Effect;
  /** Bytes that a store keeps for the disk until the write is durable; 0 for a read. */
  readonly writtenBytes: number;
}

/** The demand of whatever is read, and of requests that no store sees. */
export const READ: Demand = { effect: "read", writtenBytes: 0 };

const EFFECTS: Readonly<Record<Command["type"], "read" | "write">> = {
  create: "write",
  get: "read",
  put: "write",
  delete: "write",
  "describe-key": "read",
  "get-many": "read",
  "read-bucket": "read",
  describe: "read",
  "count-standing": "read",
  drop: "write",
  "count-buckets": "read",
  "list-buckets": "read",
  "scan-buckets": "read",
  "scan-keys": "read",
  "draw-keys": "read",
  increment: "write",
  "expire-bucket": "write",
  "expire-keys": "write",
  "key-times": "read",
};

/** The longest number that an increment writes, with its sign. */
const numberBytes = 20;

/** The demand of `command`. */
export function demandOf(command: Command): Demand {
  if (command.type === "get" || EFFECTS[command.type] === "read") return READ;
  let writtenBytes = "bucket" in command ? command.bucket.length : 0;
  if (command.type === "put") {
    for (const { key, value } of command.fields) writtenBytes += key.length + value.length;
  } else if (command.type === "delete" || command.type === "expire-keys") {
    writtenBytes += lengthOf(command.keys);
  } else if (command.type === "drop") {
    writtenBytes += lengthOf(command.buckets);
  } else if (command.type === "increment") {
    writtenBytes += command.key.length + numberBytes;
  }
  return { effect: isSeveral(command) ? "writes" : "write", writtenBytes };
}

/** Fields are put, and keys deleted, together or not at all. */
function isSeveral(command: Command): boolean {
  if (command.type === "drop") return command.buckets.length > 1;
  return command.type === "expire-keys" && command.keys.length > 1;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}

/** The demand of what no store sees, whose reply takes `replyBytes` of memory until it is out. */
export function answerDemand(replyBytes: number): Demand {
  return replyBytes === 0 ? READ : { effect: "read", writtenBytes: replyBytes };
}
