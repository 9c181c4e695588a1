import type { Lifetime } from "../../store.ts";

/** What one key is. Times and revisions as the contract has them. */
export interface KeyState {
  readonly value: Uint8Array;
  readonly revision: number;
  readonly expiresAtMs: number | undefined;
  readonly presence: Presence;
}

/**
 * Whether something is there while its time has not come.
 *
 * `sure`: it is. `ghost`: its time came once, by itself, and the clock was set back since: it may have
 * been removed for good meanwhile, or not. `hidden`: it was, as far as the store that is open knows.
 */
export type Presence = "sure" | "ghost" | "hidden";

/** What one bucket is. */
export interface BucketState {
  /** By the hexadecimal text of the key. */
  readonly keys: ReadonlyMap<string, KeyState>;
  readonly lifetime: Lifetime;
  readonly revision: number;
  readonly expiresAtMs: number | undefined;
  readonly presence: Presence;
  /** What it may be instead: nobody has seen it since a crash that took back nobody knows how much. */
  readonly alternatives: readonly BucketState[];
}

/** All that a store holds, what has lapsed included, by the hexadecimal text of the buckets' names. Never changed. */
export type StoreState = ReadonlyMap<string, BucketState>;

/** The name of a bucket or key in a {@link StoreState}. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** Whether a key or bucket may be shown. */
export function isThere(
  { presence, expiresAtMs }: Pick<KeyState, "presence" | "expiresAtMs">,
  nowMs: number,
): boolean {
  return presence !== "hidden" && !isOver(expiresAtMs, nowMs);
}

/** Whether a time has come. */
export function isOver(expiresAtMs: number | undefined, nowMs: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= nowMs;
}

/** Whether a bucket may be shown: a transient one only with a key. */
export function isBucketThere(bucket: BucketState, nowMs: number): boolean {
  return isThere(bucket, nowMs) && !isForsaken(bucket, (key) => isThere(key, nowMs));
}

/** Whether a bucket is transient and no key of it `lives`. */
export function isForsaken(bucket: BucketState, lives: (key: KeyState) => boolean): boolean {
  return bucket.lifetime === "transient" && !bucket.keys.values().some(lives);
}

/** The bucket called `name`, if it may be shown. */
export function bucketIn(
  state: StoreState,
  name: Uint8Array,
  nowMs: number,
): BucketState | undefined {
  const bucket = state.get(hex(name));
  return bucket !== undefined && isBucketThere(bucket, nowMs) ? bucket : undefined;
}

/** The keys of a bucket that may be shown. */
export function keysIn(
  bucket: BucketState,
  nowMs: number,
): readonly (readonly [name: string, key: KeyState])[] {
  return [...bucket.keys].filter(([, key]) => isThere(key, nowMs));
}

/**
 * Remembers that everything whose time is over by `latestMs` has lapsed, and a transient bucket with the
 * last of its keys.
 */
export function haunt(state: StoreState, latestMs: number): StoreState {
  const next = new Map<string, BucketState>();
  for (const [name, bucket] of state) {
    const keys = new Map(
      [...bucket.keys].map(([key, about]) => [key, hauntOne(about, latestMs)] as const),
    );
    const haunted = hauntOne({ ...bucket, keys }, latestMs);
    const mayBeGone = isForsaken(haunted, ({ presence }) => presence === "sure");
    next.set(name, mayBeGone ? { ...haunted, presence: "ghost" } : haunted);
  }
  return next;
}

function hauntOne<Item extends Pick<KeyState, "presence" | "expiresAtMs">>(
  item: Item,
  latestMs: number,
): Item {
  const isGhost = item.presence !== "sure" || isOver(item.expiresAtMs, latestMs);
  return { ...item, presence: isGhost ? "ghost" : "sure" };
}
