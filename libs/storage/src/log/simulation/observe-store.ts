import assert from "node:assert/strict";
import { isStorageError } from "../../errors.ts";
import type { Cursor } from "../../page.ts";
import type { Lifetime, Store } from "../../store.ts";
import { hex } from "./store-state.ts";

/** A key as a store shows it; `undefined` for a value that it refuses as damaged, or that was not asked for. */
export interface ObservedKey {
  readonly value: Uint8Array | undefined;
  readonly revision: number;
  readonly expiresAtMs: number | undefined;
}

/** A bucket as a store shows it. */
export interface ObservedBucket {
  readonly keys: ReadonlyMap<string, ObservedKey>;
  readonly lifetime: Lifetime;
  readonly revision: number;
  readonly expiresAtMs: number | undefined;
}

/** All that a store shows, by hexadecimal names. */
export type Observed = ReadonlyMap<string, ObservedBucket>;

/** How to look at a store. */
export interface ObserveOptions {
  /** Entries of a page; 1000 by default. */
  readonly limit?: number | undefined;
  /** Whether to ask for every value, which fills the cache; true by default. */
  readonly readsValues?: boolean | undefined;
}

/**
 * Reads everything in a store whose disk does not fail. What one call says has to be what the others
 * say: listings, counts, single keys.
 */
export async function observeStore(store: Store, options: ObserveOptions = {}): Promise<Observed> {
  const { limit = 1000 } = options;
  const observed = new Map<string, ObservedBucket>();
  const buckets = await follow(
    async (cursor) => (await store.listBuckets({ cursor, limit })).outcome.page,
  );
  for (const { bucket, revision, expiresAtMs, lifetime } of buckets) {
    assert.ok(!observed.has(hex(bucket)), `bucket ${hex(bucket)} is listed twice`);
    const keys = await observeKeys(store, bucket, options);
    const described = (await store.describeBucket(bucket)).outcome;
    const expected = { type: "found", revision, keys: keys.size, expiresAtMs, lifetime };
    assert.deepEqual(described, expected, `what bucket ${hex(bucket)} says of itself`);
    assert.ok(lifetime === "kept" || keys.size > 0, `bucket ${hex(bucket)} outlives its keys`);
    observed.set(hex(bucket), { keys, lifetime, revision: Number(revision), expiresAtMs });
  }
  const { keys, buckets: count } = store.statistics();
  assert.equal(count, observed.size, "buckets counted and listed");
  const listed = observed.values().reduce((sum, bucket) => sum + bucket.keys.size, 0);
  assert.equal(keys, listed, "keys counted and listed");
  return observed;
}

async function observeKeys(
  store: Store,
  bucket: Uint8Array,
  { limit = 1000, readsValues = true }: ObserveOptions,
): Promise<ReadonlyMap<string, ObservedKey>> {
  const keys = new Map<string, ObservedKey>();
  const listed = await follow(async (cursor) => {
    const { outcome } = await store.listKeys(bucket, { cursor, limit });
    assert.equal(outcome.type, "listed");
    return outcome.page;
  });
  for (const { key, revision, expiresAtMs } of listed) {
    assert.ok(!keys.has(hex(key)), `key ${hex(key)} is listed twice`);
    const about = { revision: Number(revision), expiresAtMs };
    const value = readsValues ? await readValue(store, bucket, { key, ...about }) : undefined;
    keys.set(hex(key), { ...about, value });
  }
  return keys;
}

async function readValue(
  store: Store,
  bucket: Uint8Array,
  { key, ...about }: { readonly key: Uint8Array } & Omit<ObservedKey, "value">,
): Promise<Uint8Array | undefined> {
  try {
    const { outcome } = await store.get(bucket, key);
    assert.equal(outcome.type, "found", `key ${hex(key)} is listed and not found`);
    const { value, revision, expiresAtMs } = outcome;
    assert.deepEqual({ revision: Number(revision), expiresAtMs }, about, `key ${hex(key)}`);
    return Uint8Array.from(value);
  } catch (error) {
    if (isStorageError(error, "STORAGE_VALUE_DAMAGED")) return undefined;
    throw error;
  }
}

async function follow<Entry>(
  readPage: (cursor: Cursor | undefined) => Promise<{
    readonly entries: readonly Entry[];
    readonly next: Cursor | undefined;
  }>,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let cursor: Cursor | undefined;
  do {
    const page = await readPage(cursor);
    entries.push(...page.entries);
    cursor = page.next;
  } while (cursor !== undefined);
  return entries;
}
