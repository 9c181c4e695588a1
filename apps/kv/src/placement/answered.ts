import type { Answer, Answering, Store } from "@kv/storage";

/** What an engine says at once. Buckets move where it does; those that answer later share theirs among all nodes. */
export function answered<Outcome>(answering: Answering<Outcome>): Answer<Outcome> {
  if ("outcome" in answering) return answering;
  throw new Error("an engine whose buckets move answers at once");
}

/** Whether a bucket lies in `store`. */
export function holds(store: Store, bucket: Uint8Array): boolean {
  if (store.lacks(bucket)) return false;
  return answered(store.describeBucket(bucket)).outcome.type !== "no-bucket";
}
