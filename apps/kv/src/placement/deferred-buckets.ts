import type { Field } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { Served } from "../remote/later.ts";
import type { BucketOperations } from "./departing-buckets.ts";

/** An operation on one bucket whose place is not known yet. Its arrays are its own. */
export interface DeferredOperation<Outcome> {
  readonly bucket: BucketName;
  /** Whether it makes the bucket where there is none. */
  readonly creates: boolean;
  readonly doAt: (place: BucketOperations) => Served<Outcome>;
}

/** The operations on buckets, each handed to `run`, which does them when it knows where. */
export function deferredBuckets(
  run: <Outcome>(operation: DeferredOperation<Outcome>) => Served<Outcome>,
): BucketOperations {
  return {
    createBucket: (named) => {
      const bucket = copiedName(named);
      return run({ bucket, creates: true, doAt: (place) => place.createBucket(bucket) });
    },
    put: (named, fields, options) => {
      const [bucket, own] = [copiedName(named), fields.map(copiedField)];
      const how = { createsBucket: options?.createsBucket };
      const creates = how.createsBucket === true;
      return run({ bucket, creates, doAt: (place) => place.put(bucket, own, how) });
    },
    get: (named, key) => {
      const [bucket, own] = [copiedName(named), copy(key)];
      return run({ bucket, creates: false, doAt: (place) => place.get(bucket, own) });
    },
    describeKey: (named, key) => {
      const [bucket, own] = [copiedName(named), copy(key)];
      return run({ bucket, creates: false, doAt: (place) => place.describeKey(bucket, own) });
    },
    delete: (named, keys, condition) => {
      const [bucket, own] = [copiedName(named), keys.map((key) => copy(key))];
      return run({ bucket, creates: false, doAt: (place) => place.delete(bucket, own, condition) });
    },
    dropBucket: (named) => {
      const bucket = copiedName(named);
      return run({ bucket, creates: false, doAt: (place) => place.dropBucket(bucket) });
    },
    expire: (named, key, expiresAtMs) => {
      const bucket = copiedName(named);
      const own = key === undefined ? undefined : copy(key);
      const doAt = (place: BucketOperations) => place.expire(bucket, own, expiresAtMs);
      return run({ bucket, creates: false, doAt });
    },
    listKeys: (named, options) => {
      const bucket = copiedName(named);
      return run({ bucket, creates: false, doAt: (place) => place.listKeys(bucket, options) });
    },
    describeBucket: (named) => {
      const bucket = copiedName(named);
      return run({ bucket, creates: false, doAt: (place) => place.describeBucket(bucket) });
    },
  };
}

function copiedName(bucket: BucketName): BucketName {
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
