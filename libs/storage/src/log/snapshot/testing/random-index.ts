import fc from "fast-check";
import { NEVER } from "../../../key-index/entry.ts";
import { KeyIndex } from "../../../key-index/key-index.ts";

/** A change of an index, as a log would have it. The bucket is one of a few names, the key one of some. */
export type Change =
  | { readonly type: "create"; readonly name: number; readonly isTransient: boolean }
  | { readonly type: "drop"; readonly name: number }
  | { readonly type: "keep"; readonly name: number }
  | {
      readonly type: "put";
      readonly name: number;
      readonly key: number;
      readonly expiresAtMs: number;
      readonly segment: number;
      readonly offset: number;
      readonly valueBytes: number;
    }
  | {
      readonly type: "move";
      readonly name: number;
      readonly key: number;
      readonly segment: number;
      readonly offset: number;
    }
  | { readonly type: "remove"; readonly name: number; readonly key: number }
  | {
      readonly type: "expire-key";
      readonly name: number;
      readonly key: number;
      readonly expiresAtMs: number;
    }
  | { readonly type: "expire-bucket"; readonly name: number; readonly expiresAtMs: number }
  | { readonly type: "sweep" }
  | { readonly type: "reclaim" };

/** The time at which everything random that has lapsed by then is swept. */
export const NOW_MS = 0;

const name = fc.nat({ max: 3 });
const key = fc.nat({ max: 30 });
const anyTime = fc.oneof(
  { weight: 3, arbitrary: fc.constant(NEVER) },
  { weight: 1, arbitrary: fc.constantFrom(NOW_MS - 1, NOW_MS, 1, 2 ** 32, -(2 ** 32) - 1) },
  { weight: 1, arbitrary: fc.maxSafeInteger() },
);
const u32 = fc.nat({ max: 2 ** 32 - 1 });
const place = { segment: fc.nat({ max: 2 ** 28 - 1 }), offset: u32 };
const put = { name, key, expiresAtMs: anyTime, valueBytes: u32, ...place };

/** Any change; most of them of keys. */
export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("create" as const),
      name,
      isTransient: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("keep" as const), name }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("drop" as const), name }) },
  { weight: 12, arbitrary: fc.record({ type: fc.constant("put" as const), ...put }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("move" as const), name, key, ...place }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("remove" as const), name, key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("expire-key" as const),
      name,
      key,
      expiresAtMs: anyTime,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("expire-bucket" as const),
      name,
      expiresAtMs: anyTime,
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Change>({ type: "sweep" }, { type: "reclaim" }) },
);

/** An empty index; with a weak hash most keys share theirs with others. */
export function emptyIndex(isHashWeak = false): KeyIndex {
  const options = { seed: new Uint8Array(16), entryOverheadBytes: 42 };
  return new KeyIndex(isHashWeak ? { ...options, hash: weakHash } : options);
}

function weakHash(bytes: Uint8Array, start: number, end: number): number {
  return ((start < end ? bytes[start]! : 0) % 3) * 2 ** 30;
}

/** The bytes of the name or key that a {@link Change} numbers; some are empty, some longer than others. */
export function bytesOf(number: number): Uint8Array {
  return new Uint8Array(number === 0 ? 0 : 1 + (number % 5) * 3).fill(number);
}

/** A record of a log: a change that was made, with its revision and the id of its bucket. */
export interface Made {
  readonly change: Change;
  readonly revision: number;
  readonly bucketId: number;
}

/** Does `change` to `index` as an engine would. Returns what it would log; `undefined` when nothing changes. */
export function make(index: KeyIndex, change: Change): Made | undefined {
  if (change.type === "sweep") index.sweep(NOW_MS, 3);
  if (change.type === "reclaim") index.reclaim(5);
  if (change.type === "sweep" || change.type === "reclaim") return undefined;
  const bucket = index.bucketNamed(bytesOf(change.name));
  const revision = change.type === "move" ? index.lastRevision : index.lastRevision + 1;
  if (change.type === "create") {
    if (bucket !== 0) return undefined;
    const made = { change, revision, bucketId: revision };
    replay(index, made);
    return made;
  }
  if (bucket === 0) return undefined;
  if (change.type === "move" || change.type === "remove" || change.type === "expire-key") {
    const bytes = bytesOf(change.key);
    if (index.find(bucket, bytes, 0, bytes.length) === 0) return undefined;
  }
  const made = { change, revision, bucketId: index.bucketId(bucket) };
  replay(index, made);
  return made;
}

/** Does again what was made, over an index that may have seen it, or what came after it, already. */
export function replay(index: KeyIndex, { change, revision, bucketId }: Made): void {
  if (change.type === "sweep" || change.type === "reclaim") return;
  index.lastRevision = Math.max(index.lastRevision, revision);
  if (change.type === "drop") index.dropRevision = revision;
  const known = index.bucketWithId(bucketId);
  if (known === 0 && change.type !== "create") return;
  if (change.type === "create") {
    // Dropped again before the snapshot saw the next bucket of that name.
    if (known === 0 && index.bucketNamed(bytesOf(change.name)) !== 0) return;
    const bucket = known === 0 ? index.createBucket(bucketId, bytesOf(change.name)) : known;
    index.setBucketRevision(bucket, bucketId);
    index.setBucketStandingRevision(bucket, bucketId);
    index.setBucketRemovalRevision(bucket, 0);
    index.setBucketExpiresAtMs(bucket, NEVER);
    index.setBucketSegment(bucket, (bucketId % 7) + 1);
    index.lifetimes.setTransient(bucket, change.isTransient);
    return;
  }
  if (change.type === "drop") {
    index.dropBucket(known);
    return;
  }
  if (change.type !== "move") index.setBucketRevision(known, revision);
  if (change.type === "keep") {
    index.lifetimes.setTransient(known, false);
    index.setBucketStandingRevision(known, revision);
    return;
  }
  if (change.type === "expire-bucket") {
    index.setBucketExpiresAtMs(known, change.expiresAtMs);
    index.setBucketStandingRevision(known, revision);
    return;
  }
  const bytes = bytesOf(change.key);
  if (change.type === "put") {
    index.put(known, bytes, 0, bytes.length, { ...change, revision });
    return;
  }
  if (change.type === "remove") index.setBucketRemovalRevision(known, revision);
  const entry = index.find(known, bytes, 0, bytes.length);
  if (entry === 0) return;
  if (change.type === "remove") index.remove(known, entry);
  if (change.type === "move") index.setPlace(entry, change.segment, change.offset);
  if (change.type === "expire-key") {
    index.setExpiresAtMs(entry, change.expiresAtMs);
    index.setRevision(entry, revision);
  }
}
