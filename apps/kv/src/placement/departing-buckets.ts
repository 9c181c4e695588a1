import type { BucketOutcome, Field, Store } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { Later, Served } from "../remote/later.ts";
import type { ServingBuckets } from "../remote/serving-router.ts";
import { answered } from "./answered.ts";
import type { Departure } from "./departure.ts";

/** The operations on one bucket, wherever it is served. */
export type BucketOperations = Omit<ServingBuckets, "listBuckets" | "countBuckets">;

/**
 * The operations on a bucket that is on its way out. Until it is held they are those of `store`, and what they change is noted; then
 * they wait, and are done at the place that `again` finds.
 */
export function departingBuckets(
  store: Store,
  departure: Departure,
  again: () => BucketOperations,
): BucketOperations {
  const wait: Wait = (ask) => departure.wait(() => ask(again()));
  return { ...readsOf(store, departure, wait), ...writesOf(store, departure, wait) };
}

/** Has a request wait. */
type Wait = <Outcome>(ask: (place: BucketOperations) => Served<Outcome>) => Later<Outcome>;

type Reads = "get" | "describeKey" | "describeBucket" | "listKeys";

function readsOf(store: Store, departure: Departure, wait: Wait): Pick<BucketOperations, Reads> {
  return {
    get(bucket, key) {
      if (!departure.isHeld) return store.get(bucket, key);
      const [b, k] = [copied(bucket), copy(key)];
      return wait((place) => place.get(b, k));
    },
    describeKey(bucket, key) {
      if (!departure.isHeld) return store.describeKey(bucket, key);
      const [b, k] = [copied(bucket), copy(key)];
      return wait((place) => place.describeKey(b, k));
    },
    describeBucket(bucket) {
      if (!departure.isHeld) return store.describeBucket(bucket);
      const b = copied(bucket);
      return wait((place) => place.describeBucket(b));
    },
    listKeys(bucket, options) {
      if (!departure.isHeld) return store.listKeys(bucket, options);
      const b = copied(bucket);
      return wait((place) => place.listKeys(b, options));
    },
  };
}

function writesOf(store: Store, departure: Departure, wait: Wait): Omit<BucketOperations, Reads> {
  const noting = <Outcome>(
    bucket: BucketName,
    keys: readonly Uint8Array[],
    change: () => Outcome,
  ): Outcome => {
    const before = described(store, bucket);
    const outcome = change();
    for (const key of keys) departure.changed(key);
    note(departure, before, described(store, bucket));
    return outcome;
  };
  return {
    createBucket(bucket) {
      if (!departure.isHeld) return noting(bucket, [], () => store.createBucket(bucket));
      const b = copied(bucket);
      return wait((place) => place.createBucket(b));
    },
    dropBucket(bucket) {
      if (!departure.isHeld) return noting(bucket, [], () => store.dropBucket(bucket));
      const b = copied(bucket);
      return wait((place) => place.dropBucket(b));
    },
    put(bucket, fields, options) {
      if (!departure.isHeld) {
        const keys = fields.map(({ key }) => key);
        return noting(bucket, keys, () => store.put(bucket, fields, options));
      }
      const b = copied(bucket);
      const own = fields.map(copiedField);
      const how = { createsBucket: options?.createsBucket };
      return wait((place) => place.put(b, own, how));
    },
    delete(bucket, keys, condition) {
      if (!departure.isHeld) {
        return noting(bucket, keys, () => store.delete(bucket, keys, condition));
      }
      const b = copied(bucket);
      const own = keys.map((key) => copy(key));
      return wait((place) => place.delete(b, own, condition));
    },
    expire(bucket, key, expiry) {
      if (!departure.isHeld) {
        const keys = key === undefined ? [] : [key];
        return noting(bucket, keys, () => store.expire(bucket, key, expiry));
      }
      const b = copied(bucket);
      const k = key === undefined ? undefined : copy(key);
      return wait((place) => place.expire(b, k, expiry));
    },
  };
}

function described(store: Store, bucket: BucketName): BucketOutcome {
  return answered(store.describeBucket(bucket)).outcome;
}

function note(departure: Departure, before: BucketOutcome, after: BucketOutcome): void {
  if (before.type === "no-bucket" || after.type === "no-bucket") departure.dropped();
  else if (before.lifetime !== after.lifetime || before.expiresAtMs !== after.expiresAtMs) {
    departure.bucketChanged();
  }
}

function copied(bucket: BucketName): BucketName {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a copy of a name is one
  return copy(bucket) as BucketName;
}

function copiedField({ key, value, expiresAtMs, condition }: Field): Field {
  return { key: copy(key), value: copy(value), expiresAtMs, condition };
}

/** `slice` of a `Buffer` would be a view. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
