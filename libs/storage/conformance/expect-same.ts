import assert from "node:assert/strict";
import type {
  Cursor,
  ListBucketsOutcome,
  ListKeysOutcome,
  ListOptions,
  Page,
} from "../src/index.ts";
import { expectRead } from "./expect-read.ts";
import { hex } from "./model.ts";
import type { Pair } from "./pair.ts";
import { plain } from "./plain.ts";
import { settle } from "./settle.ts";

/** Everything the model holds is in the store, and nothing else: listings, keys, values, expiry. */
export async function expectSame(pair: Pair): Promise<void> {
  await expectBuckets(pair, 1000);
  expectCounted(pair);
  for (const [name, { keys }] of pair.model.buckets()) {
    const bucket = Buffer.from(name, "hex");
    await expectKeys(pair, bucket, 1000);
    await expectDescribed(pair, bucket);
    for (const key of keys.keys()) {
      const found = await settle(pair.store.get(bucket, Buffer.from(key, "hex")));
      assert.deepEqual(plain(found), pair.model.get(bucket, Buffer.from(key, "hex")));
      expectRead(pair, bucket, Buffer.from(key, "hex"));
      assert.ok(found.type === "found");
      const { value, ...about } = found;
      const described = await settle(pair.store.describeKey(bucket, Buffer.from(key, "hex")));
      assert.deepEqual(described, { ...about, valueBytes: value.length });
    }
  }
}

/** The listing of buckets, in pages of `limit`, is what the model says. */
export async function expectBuckets({ store, model }: Pair, limit: number): Promise<void> {
  const pages = await follow(limit, async (options) => {
    const outcome: ListBucketsOutcome = await settle(store.listBuckets(options));
    return outcome.page;
  });
  const listed = pages.map(({ bucket, ...about }) => [hex(bucket), about] as const);
  if (!store.traits.listingMayRepeat) assert.equal(new Map(listed).size, listed.length);
  const expected = new Map(
    model
      .buckets()
      .entries()
      .map(([name, { revision, expiresAtMs, lifetime }]) => [
        name,
        { revision, expiresAtMs, lifetime },
      ]),
  );
  assert.deepEqual(new Map(listed), expected);
}

/** What the store says of `bucket` without its keys is what the model says. */
export async function expectDescribed({ store, model }: Pair, bucket: Uint8Array): Promise<void> {
  const outcome = await settle(store.describeBucket(bucket));
  const there = model.bucket(bucket);
  if (there === undefined) return assert.deepEqual(outcome, { type: "no-bucket" });
  const { keys, ...about } = there;
  assert.deepEqual(outcome, { type: "found", ...about, keys: keys.size });
}

/** The store counts what the model has. */
export function expectCounted({ store, model }: Pair): void {
  const { keys, buckets } = store.statistics();
  if (!store.traits.countsAtOnce) return assert.deepEqual([keys, buckets], [undefined, undefined]);
  const there = model.buckets();
  const expected = there.values().reduce((sum, bucket) => sum + bucket.keys.size, 0);
  assert.deepEqual({ keys, buckets }, { keys: expected, buckets: there.size });
}

/** The listing of the keys of `bucket`, in pages of `limit`, is what the model says. */
export async function expectKeys(
  { store, model }: Pair,
  bucket: Uint8Array,
  limit: number,
): Promise<void> {
  const there = model.bucket(bucket);
  const first: ListKeysOutcome = await settle(store.listKeys(bucket, { limit }));
  if (there === undefined) return assert.deepEqual(first, { type: "no-bucket" });
  const pages = await follow(limit, async (options) => {
    const outcome = await settle(store.listKeys(bucket, options));
    assert.equal(outcome.type, "listed");
    return outcome.page;
  });
  const listed = pages.map(({ key, ...about }) => [hex(key), about] as const);
  if (!store.traits.listingMayRepeat) assert.equal(new Map(listed).size, listed.length);
  const expected = new Map(
    there.keys
      .entries()
      .map(([name, { revision, expiresAtMs }]) => [name, { revision, expiresAtMs }]),
  );
  assert.deepEqual(new Map(listed), expected);
}

/** Follows a listing to its end. No page is longer than asked. */
async function follow<Entry>(
  limit: number,
  readPage: (options: ListOptions) => Promise<Page<Entry>>,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  let cursor: Cursor | undefined;
  do {
    const page = await readPage({ cursor, limit });
    assert.ok(page.entries.length <= limit, "a page is longer than asked");
    entries.push(...page.entries);
    cursor = page.next;
  } while (cursor !== undefined);
  return entries;
}
