import type { Observed, ObservedBucket, ObservedKey } from "./observe-store.ts";
import {
  type BucketState,
  isBucketThere,
  isOver,
  type KeyState,
  type StoreState,
} from "./store-state.ts";

/**
 * What a store holds, when what it shows at `nowMs` is `state`; `undefined` when that cannot be.
 *
 * What is `sure` has to be there unless its time is over, a ghost may be. Values that the store refused
 * as damaged match any.
 */
export function matchState(
  state: StoreState,
  observed: Observed,
  nowMs: number,
): StoreState | undefined {
  for (const name of observed.keys()) if (!state.has(name)) return undefined;
  const matched = new Map<string, BucketState>();
  for (const [name, bucket] of state) {
    const match = matchBucket(bucket, observed.get(name), nowMs);
    if (match === undefined) return undefined;
    matched.set(name, match);
  }
  return matched;
}

function matchBucket(
  bucket: BucketState,
  observed: ObservedBucket | undefined,
  nowMs: number,
): BucketState | undefined {
  if (observed === undefined) {
    if (isOver(bucket.expiresAtMs, nowMs)) return bucket;
    if (bucket.presence !== "sure") return { ...bucket, presence: "hidden" };
    return bucket.lifetime === "transient" ? withoutKeys(bucket, nowMs) : undefined;
  }
  for (const candidate of [bucket, ...bucket.alternatives]) {
    const match = matchShown(candidate, observed, nowMs);
    if (match !== undefined) return match;
  }
  return undefined;
}

/** A transient bucket that is not shown: none of its keys is there. */
function withoutKeys(bucket: BucketState, nowMs: number): BucketState | undefined {
  const keys = new Map<string, KeyState>();
  for (const [name, key] of bucket.keys) {
    const match = matchKey(key, undefined, nowMs);
    if (match === undefined) return undefined;
    keys.set(name, match);
  }
  return { ...bucket, keys };
}

function matchShown(
  bucket: BucketState,
  observed: ObservedBucket,
  nowMs: number,
): BucketState | undefined {
  const isSame =
    bucket.revision === observed.revision &&
    bucket.expiresAtMs === observed.expiresAtMs &&
    bucket.lifetime === observed.lifetime &&
    !isOver(bucket.expiresAtMs, nowMs);
  if (!isSame) return undefined;
  for (const name of observed.keys.keys()) if (!bucket.keys.has(name)) return undefined;
  const keys = new Map<string, KeyState>();
  for (const [name, key] of bucket.keys) {
    const match = matchKey(key, observed.keys.get(name), nowMs);
    if (match === undefined) return undefined;
    keys.set(name, match);
  }
  return { ...bucket, keys, presence: shown(bucket.presence), alternatives: [] };
}

function matchKey(
  key: KeyState,
  observed: ObservedKey | undefined,
  nowMs: number,
): KeyState | undefined {
  if (observed === undefined) {
    if (isOver(key.expiresAtMs, nowMs)) return key;
    return key.presence === "sure" ? undefined : { ...key, presence: "hidden" };
  }
  const isSame =
    key.revision === observed.revision &&
    key.expiresAtMs === observed.expiresAtMs &&
    !isOver(key.expiresAtMs, nowMs) &&
    (observed.value === undefined || Buffer.compare(key.value, observed.value) === 0);
  return isSame ? { ...key, presence: shown(key.presence) } : undefined;
}

/** What is seen is not hidden; a ghost stays one, for the next opening may be from another source. */
function shown(presence: KeyState["presence"]): KeyState["presence"] {
  return presence === "sure" ? "sure" : "ghost";
}

/**
 * `newest`, when a store may as well hold one of `others`, earlier states that look the same: what
 * cannot be seen and differs is kept as an alternative.
 */
export function unite(
  newest: StoreState,
  others: readonly StoreState[],
  nowMs: number,
): StoreState {
  const united = new Map(newest);
  for (const other of others) {
    for (const [name, bucket] of other) {
      const known = united.get(name);
      if (known === undefined) {
        united.set(name, bucket);
        continue;
      }
      const isSeen = isBucketThere(known, nowMs);
      const isKnown = [known, ...known.alternatives].some(
        ({ revision }) => revision === bucket.revision,
      );
      if (isSeen || isKnown) continue;
      united.set(name, { ...known, alternatives: [...known.alternatives, bucket] });
    }
  }
  return united;
}
