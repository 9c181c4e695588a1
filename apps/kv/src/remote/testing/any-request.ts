import { expiryConditions, type Field } from "@kv/storage";
import fc from "fast-check";
import { hopsWith, NO_HOPS } from "../hops.ts";
import type { RemoteOperation, RemoteRequest } from "../request.ts";
import {
  anyBucket,
  anyBytes,
  anyCondition,
  anyCursor,
  anyHops,
  anyLimit,
  anyNode,
  anyRevision,
  anyText,
  anyTime,
  plain,
} from "./any-part.ts";

const anyField: fc.Arbitrary<Field> = fc.record(
  { key: anyBytes, value: anyBytes, expiresAtMs: anyTime, condition: anyCondition },
  plain,
);

const oneHop = anyNode.map((node) => hopsWith(NO_HOPS, node));
const anyMove = {
  hops: oneHop,
  bucket: anyBucket,
  moveId: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 64 }),
};

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
      conditions: fc.subarray([...expiryConditions]),
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
  fc.record(
    {
      type: called("move-begin"),
      ...anyMove,
      lifetime: fc.constantFrom("kept", "transient"),
      expiresAtMs: anyTime,
      revisionFloor: anyRevision,
    },
    plain,
  ),
  fc.record(
    {
      type: called("move-fields"),
      ...anyMove,
      fields: fc.array(fc.record({ key: anyBytes, value: anyBytes, expiresAtMs: anyTime }, plain), {
        maxLength: 4,
      }),
      deletedKeys: fc.array(anyBytes, { maxLength: 4 }),
    },
    plain,
  ),
  fc.record({ type: called("move-activate"), ...anyMove }, plain),
  fc.record({ type: called("routing"), hops: oneHop, text: anyText }, plain),
);

function called<Type extends RemoteOperation>(type: Type): fc.Arbitrary<Type> {
  return fc.constant(type);
}
