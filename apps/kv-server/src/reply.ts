import type { CreateBucketOutcome, DeleteOutcome, GetOutcome, PutOutcome } from "@kv/kv";

/**
 * What a client is told, whatever protocol it speaks: the store's outcome as it is, what several of them come to,
 * and what the server itself has to say. `missing` is a read's; a deletion that found no key says `nothing-deleted`.
 *
 * Bytes in it belong to the store and are not written to.
 */
export type Reply =
  | CreateBucketOutcome
  | GetOutcome
  | PutOutcome
  | Exclude<DeleteOutcome, { readonly type: "missing" }>
  /** What came of a plain put; its revision is not told. */
  | { readonly type: "written"; readonly added: 0 | 1 }
  | { readonly type: "nothing-deleted" }
  | BucketDescription
  | KeyDescription
  | CollectedReply
  | { readonly type: "authenticated" }
  | { readonly type: "done" }
  | { readonly type: "unknown-command" }
  | { readonly type: "authentication-required" }
  | { readonly type: "wrong-password" }
  | { readonly type: "no-users" }
  | Refusal;

/** A bucket without its keys. */
export interface BucketDescription {
  readonly type: "described";
  /** How many there are. */
  readonly keys: number;
  readonly expiresAtMs: number | undefined;
  /** When this was so, in Unix milliseconds. */
  readonly nowMs: number;
}

/** A key without its value. */
export interface KeyDescription {
  readonly type: "described-key";
  readonly valueBytes: number;
}

/** What a command that takes several operations of a store comes to. */
export type CollectedReply =
  /** How many there were, or the new value of a key that counts. */
  | { readonly type: "number"; readonly value: number | bigint }
  /** One for each key that was asked for, in that order; `undefined` where there was none. */
  | { readonly type: "values"; readonly values: readonly (Uint8Array | undefined)[] }
  | { readonly type: "keys"; readonly keys: readonly Uint8Array[] }
  /** `values[i]` is that of `keys[i]`. */
  | Entries
  | Page
  | { readonly type: "bucket-expiry"; readonly change: ExpiryChange }
  | { readonly type: "key-expiries"; readonly changes: readonly ExpiryChange[] }
  | KeyTimes
  /** An increment found a value that is no whole number of 64 bits. */
  | { readonly type: "not-a-number" }
  /** An increment would leave 64 bits. */
  | { readonly type: "overflow" };

/** Keys and their values. */
export interface Entries {
  readonly type: "entries";
  readonly keys: readonly Uint8Array[];
  /** `values[i]` is that of `keys[i]`. */
  readonly values: readonly Uint8Array[];
}

/** Part of a listing. */
export interface Page {
  readonly type: "page";
  /** Where it goes on; `undefined` at the end. */
  readonly cursor: string | undefined;
  readonly keys: readonly Uint8Array[];
  /** `values[i]` is that of `keys[i]`; empty where only names are listed. */
  readonly values: readonly Uint8Array[];
}

/**
 * What became of a key's, or a bucket's, expiry. *kept*: a condition did not hold, or there was none to take away.
 * *deleted*: the time was over already. *unset*: there was none, and none was asked for.
 */
export type ExpiryChange = "missing" | "unset" | "kept" | "updated" | "deleted";

/** When keys expire. */
export interface KeyTimes {
  readonly type: "key-times";
  /** One for each key asked for: Unix milliseconds, `Infinity` for never, `undefined` where there is no such key. */
  readonly expiresAtMs: readonly (number | undefined)[];
  /** When this was so, in Unix milliseconds. */
  readonly nowMs: number;
}

/** The request was not carried out, or nobody knows: `reason` is one line that begins in lower case. */
export interface Refusal {
  readonly type: "refused";
  readonly reason: string;
}

/** A {@link Refusal} with this reason. */
export function refuse(reason: string): Refusal {
  return { type: "refused", reason };
}

/** What a reply without a value is taken to weigh while it waits, in bytes: its object and its line. */
export const plainReplyBytes = 128;

/** What each further key, value or number of a reply is taken to weigh beside its bytes, in bytes. */
export const replyItemBytes = 64;

/** What `reply` weighs while it waits to be sent, in bytes: a little more than it takes. */
export function weigh(reply: Reply): number {
  if (reply.type === "found") return plainReplyBytes + reply.value.length;
  let bytes = plainReplyBytes;
  if ("keys" in reply && typeof reply.keys !== "number") bytes += weighItems(reply.keys);
  if ("values" in reply) bytes += weighItems(reply.values);
  if (reply.type === "key-expiries") bytes += reply.changes.length * replyItemBytes;
  if (reply.type === "key-times") bytes += reply.expiresAtMs.length * replyItemBytes;
  return bytes;
}

/** What these weigh in a reply, in bytes. */
export function weighItems(items: readonly (Uint8Array | undefined)[]): number {
  let bytes = items.length * replyItemBytes;
  for (const item of items) bytes += item?.length ?? 0;
  return bytes;
}
