import type { Field } from "@kv/storage";
import fc from "fast-check";
import type { RemoteOperation, RemoteRequest } from "../request.ts";
import {
  anyBucket,
  anyBytes,
  anyCondition,
  anyCursor,
  anyHops,
  anyLimit,
  anyTime,
  plain,
} from "./any-part.ts";

const anyField: fc.Arbitrary<Field> = fc.record(
  { key: anyBytes, value: anyBytes, expiresAtMs: anyTime, condition: anyCondition },
  plain,
);

/** Any request, as a decoder makes it: what may be left out is there and `undefined`. */
export const anyRequest: fc.Arbitrary<RemoteRequest> = fc.oneof<fc.Arbitrary<RemoteRequest>[]>(
  ...(["create-bucket", "drop-bucket", "describe-bucket"] as const).map((type) =>
    fc.record({ type: called(type), hops: anyHops, bucket: anyBucket }, plain),
  ),
  ...(["get", "describe-key"] as const).map((type) =>
    fc.record({ type: called(type), hops: anyHops, bucket: anyBucket, key: anyBytes }, plain),
  ),
  fc.record(
    {
      type: called("put"),
      hops: anyHops,
      bucket: anyBucket,
      fields: fc.array(anyField, { maxLength: 4 }),
      createsBucket: fc.boolean(),
    },
    plain,
  ),
  fc.record(
    {
      type: called("delete"),
      hops: anyHops,
      bucket: anyBucket,
      keys: fc.array(anyBytes, { maxLength: 4 }),
      condition: anyCondition,
    },
    plain,
  ),
  fc.record(
    {
      type: called("expire"),
      hops: anyHops,
      bucket: anyBucket,
      key: fc.option(anyBytes, { nil: undefined }),
      expiresAtMs: anyTime,
    },
    plain,
  ),
  fc.record(
    { type: called("list-buckets"), hops: anyHops, cursor: anyCursor, limit: anyLimit },
    plain,
  ),
  fc.record(
    {
      type: called("list-keys"),
      hops: anyHops,
      bucket: anyBucket,
      cursor: anyCursor,
      limit: anyLimit,
    },
    plain,
  ),
  fc.record({ type: called("count-buckets"), hops: anyHops }, plain),
);

function called<Type extends RemoteOperation>(type: Type): fc.Arbitrary<Type> {
  return fc.constant(type);
}
