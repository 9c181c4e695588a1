import type { Command } from "./command.ts";

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

/** The longest number that an increment writes, with its sign. */
const numberBytes = 20;

/** The demand of `command`. */
export function demandOf(command: Command): Demand {
  switch (command.type) {
    case "put":
      return writing(command.bucket.length + lengthOfFields(command.fields));
    case "delete":
    case "expire-keys":
      return writing(command.bucket.length + lengthOf(command.keys));
    case "increment":
      return writing(command.bucket.length + command.key.length + numberBytes);
    case "create":
    case "expire-bucket":
      return writing(command.bucket.length);
    case "drop":
      return writing(lengthOf(command.buckets));
    default:
      return READ;
  }
}

function writing(writtenBytes: number): Demand {
  return { effect: "write", writtenBytes };
}

function lengthOfFields(fields: readonly { key: Uint8Array; value: Uint8Array }[]): number {
  let length = 0;
  for (const { key, value } of fields) length += key.length + value.length;
  return length;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}
