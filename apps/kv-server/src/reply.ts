import type { CreateBucketOutcome, DeleteOutcome, GetOutcome, PutOutcome } from "@kv/kv";

/**
 * What a client is told, whatever protocol it speaks: the store's outcome as it is, and what the server itself
 * has to say. `missing` is a read's; a deletion that found no key says `nothing-deleted`.
 *
 * The value of a `found` belongs to the store and is not written to.
 */
export type Reply =
  | CreateBucketOutcome
  | GetOutcome
  | PutOutcome
  | Exclude<DeleteOutcome, { readonly type: "missing" }>
  | { readonly type: "nothing-deleted" }
  | { readonly type: "authenticated" }
  | { readonly type: "done" }
  | { readonly type: "unknown-command" }
  | { readonly type: "authentication-required" }
  | { readonly type: "wrong-password" }
  | { readonly type: "no-users" }
  | Refusal;

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

/** What `reply` weighs while it waits to be sent, in bytes: a little more than it takes. */
export function weigh(reply: Reply): number {
  return reply.type === "found" ? plainReplyBytes + reply.value.length : plainReplyBytes;
}
