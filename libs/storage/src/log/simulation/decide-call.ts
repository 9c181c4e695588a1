import type { Condition, Field, Lifetime } from "../../store.ts";
import {
  type BucketState,
  bucketIn,
  hex,
  isForsaken,
  isOver,
  isThere,
  type KeyState,
  type StoreState,
} from "./store-state.ts";

/** A call that may change a store. */
export type Call =
  | { readonly type: "create"; readonly bucket: Uint8Array }
  | { readonly type: "drop"; readonly bucket: Uint8Array }
  | {
      readonly type: "put";
      readonly bucket: Uint8Array;
      readonly fields: readonly Field[];
      readonly createsBucket: boolean;
    }
  | {
      readonly type: "delete";
      readonly bucket: Uint8Array;
      readonly keys: readonly Uint8Array[];
      readonly condition: Condition | undefined;
    }
  | {
      readonly type: "expire";
      readonly bucket: Uint8Array;
      readonly key: Uint8Array | undefined;
      readonly expiresAtMs: number | undefined;
    };

/** What a call comes to. `state` is the very same object when nothing has changed. */
export interface Verdict {
  readonly outcome: object;
  readonly state: StoreState;
}

/** When a call is made, and the revision that its mutation gets if it is one. */
export interface Circumstances {
  readonly nowMs: number;
  readonly revision: number;
}

const NO_BUCKET = { type: "no-bucket" } as const;

/**
 * The Store contract as a function from one state to the next: the same words as the model of the
 * conformance suite, which a test holds it against, but so that earlier states stay.
 */
export function decideCall(state: StoreState, call: Call, now: Circumstances): Verdict {
  const bucket = bucketIn(state, call.bucket, now.nowMs);
  if (call.type === "create") return create(state, call.bucket, now);
  if (bucket === undefined) {
    const creates = call.type === "put" && call.createsBucket && call.fields.length > 0;
    return creates
      ? put(state, newBucket("transient", now.revision), call, now)
      : { outcome: NO_BUCKET, state };
  }
  switch (call.type) {
    case "drop": {
      const outcome = { type: "dropped", revision: now.revision };
      return { outcome, state: replaced(state, call.bucket, undefined) };
    }
    case "put":
      return put(state, bucket, call, now);
    case "delete":
      return remove(state, bucket, call, now);
    case "expire":
      return expire(state, bucket, call, now);
    default:
      throw new Error("No such call");
  }
}

function create(state: StoreState, name: Uint8Array, { nowMs, revision }: Circumstances): Verdict {
  const there = bucketIn(state, name, nowMs);
  if (there?.lifetime === "kept") {
    return { outcome: { type: "exists", revision: there.revision }, state };
  }
  const bucket: BucketState =
    there === undefined ? newBucket("kept", revision) : { ...there, lifetime: "kept", revision };
  const type = there === undefined ? "created" : "exists";
  return { outcome: { type, revision }, state: replaced(state, name, bucket) };
}

function newBucket(lifetime: Lifetime, revision: number): BucketState {
  const keys = new Map<string, KeyState>();
  return { keys, lifetime, revision, expiresAtMs: undefined, presence: "sure", alternatives: [] };
}

function put(
  state: StoreState,
  bucket: BucketState,
  call: Call & { readonly type: "put" },
  { nowMs, revision }: Circumstances,
): Verdict {
  for (const { key, condition } of call.fields) {
    const conflict = judge(bucket, key, { condition, nowMs });
    if (conflict !== undefined) return { outcome: conflict, state };
  }
  if (call.fields.length === 0) {
    return { outcome: { type: "stored", revision: bucket.revision, added: 0 }, state };
  }
  const keys = new Map(bucket.keys);
  const newcomers = new Set<string>();
  for (const { key, value, expiresAtMs } of call.fields) {
    const name = hex(key);
    if (keyIn(bucket, key, nowMs) === undefined) newcomers.add(name);
    keys.set(name, { value, revision, expiresAtMs, presence: "sure" });
  }
  for (const { key } of call.fields) {
    if (isOver(keys.get(hex(key))?.expiresAtMs, nowMs)) keys.delete(hex(key));
  }
  const outcome = { type: "stored", revision, added: newcomers.size };
  const next = unlessForsaken({ ...bucket, keys, revision }, nowMs);
  return { outcome, state: replaced(state, call.bucket, next) };
}

function remove(
  state: StoreState,
  bucket: BucketState,
  call: Call & { readonly type: "delete" },
  { nowMs, revision }: Circumstances,
): Verdict {
  for (const key of call.keys) {
    const conflict = judge(bucket, key, { condition: call.condition, nowMs });
    if (conflict !== undefined) return { outcome: conflict, state };
  }
  const keys = new Map(bucket.keys);
  let removed = 0;
  for (const key of call.keys) {
    if (keyIn(bucket, key, nowMs) !== undefined && keys.delete(hex(key))) removed += 1;
  }
  if (removed === 0) return { outcome: { type: "missing" }, state };
  const outcome = { type: "deleted", revision, removed };
  const next = unlessForsaken({ ...bucket, keys, revision }, nowMs);
  return { outcome, state: replaced(state, call.bucket, next) };
}

function expire(
  state: StoreState,
  bucket: BucketState,
  call: Call & { readonly type: "expire" },
  { nowMs, revision }: Circumstances,
): Verdict {
  const { key, expiresAtMs } = call;
  const outcome = { type: "updated", revision };
  const isGone = isOver(expiresAtMs, nowMs);
  if (key === undefined) {
    const next = isGone ? undefined : { ...bucket, revision, expiresAtMs };
    return { outcome, state: replaced(state, call.bucket, next) };
  }
  const there = keyIn(bucket, key, nowMs);
  if (there === undefined) return { outcome: { type: "missing" }, state };
  const keys = new Map(bucket.keys);
  if (isGone) keys.delete(hex(key));
  else keys.set(hex(key), { ...there, revision, expiresAtMs, presence: "sure" });
  const next = unlessForsaken({ ...bucket, keys, revision }, nowMs);
  return { outcome, state: replaced(state, call.bucket, next) };
}

/** What is left of a bucket after a mutation of its keys. */
function unlessForsaken(bucket: BucketState, nowMs: number): BucketState | undefined {
  return isForsaken(bucket, (key) => isThere(key, nowMs)) ? undefined : bucket;
}

/** The key, if it may be shown. */
export function keyIn(bucket: BucketState, key: Uint8Array, nowMs: number): KeyState | undefined {
  const found = bucket.keys.get(hex(key));
  return found !== undefined && isThere(found, nowMs) ? found : undefined;
}

function replaced(
  state: StoreState,
  name: Uint8Array,
  bucket: BucketState | undefined,
): StoreState {
  const next = new Map(state);
  if (bucket === undefined) next.delete(hex(name));
  else next.set(hex(name), { ...bucket, presence: "sure", alternatives: [] });
  return next;
}

function judge(
  bucket: BucketState,
  key: Uint8Array,
  { condition, nowMs }: { readonly condition: Condition | undefined; readonly nowMs: number },
): object | undefined {
  const revision = keyIn(bucket, key, nowMs)?.revision;
  const wanted = condition?.type === "revision" ? condition.revision : undefined;
  if (condition === undefined || revision === wanted) return undefined;
  return { type: "conflict", key, revision };
}
