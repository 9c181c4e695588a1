import fc from "fast-check";
import type { RemoteOperation } from "../request.ts";
import type { RemoteOutcomes } from "../response.ts";
import { anyBytes, anyCount, anyCursor, anyRevision, anyText, anyTime, plain } from "./any-part.ts";

const noBucket = fc.constant({ type: "no-bucket" } as const);
const missing = fc.constant({ type: "missing" } as const);
const unchanged = fc.constant({ type: "unchanged" } as const);
const lifetime = fc.constantFrom("kept" as const, "transient" as const);
const revision = anyRevision;
const expiresAtMs = anyTime;
const conflict = fc.record(
  {
    type: called("conflict"),
    key: anyBytes,
    revision: fc.option(anyRevision, { nil: undefined }),
  },
  plain,
);
const listedKey = fc.record({ key: anyBytes, revision, expiresAtMs }, plain);
const listedBucket = fc.record({ bucket: anyBytes, revision, expiresAtMs, lifetime }, plain);

const moved = fc.oneof(
  fc.constant({ type: "taken" } as const),
  fc.record({ type: called("refused"), reason: anyText }, plain),
);

/** Any outcome of each operation. */
export const anyOutcome: {
  readonly [Operation in RemoteOperation]: fc.Arbitrary<RemoteOutcomes[Operation]>;
} = {
  "create-bucket": fc.record({ type: fc.constantFrom("created", "exists"), revision }, plain),
  "drop-bucket": fc.oneof(noBucket, fc.record({ type: called("dropped"), revision }, plain)),
  "describe-bucket": fc.oneof(
    noBucket,
    fc.record({ type: called("found"), revision, keys: anyCount, expiresAtMs, lifetime }, plain),
  ),
  get: fc.oneof(
    noBucket,
    missing,
    fc.record({ type: called("found"), value: anyBytes, revision, expiresAtMs }, plain),
  ),
  "describe-key": fc.oneof(
    noBucket,
    missing,
    fc.record({ type: called("found"), revision, expiresAtMs, valueBytes: anyCount }, plain),
  ),
  put: fc.oneof(
    noBucket,
    conflict,
    fc.record({ type: called("stored"), revision, added: anyCount }, plain),
  ),
  delete: fc.oneof(
    noBucket,
    missing,
    conflict,
    fc.record({ type: called("deleted"), revision, removed: anyCount }, plain),
  ),
  expire: fc.oneof(
    noBucket,
    missing,
    unchanged,
    fc.record({ type: called("updated"), revision }, plain),
  ),
  "list-buckets": fc.record({ type: called("listed"), page: pageOf(listedBucket) }, plain),
  "list-keys": fc.oneof(
    noBucket,
    fc.record({ type: called("listed"), page: pageOf(listedKey) }, plain),
  ),
  "count-buckets": fc.record({ type: called("counted"), buckets: anyCount }, plain),
  "move-begin": moved,
  "move-fields": moved,
  "move-activate": moved,
  routing: fc.record({ type: called("routing"), text: anyText }, plain),
};

function pageOf<Entry>(entry: fc.Arbitrary<Entry>) {
  return fc.record({ entries: fc.array(entry, { maxLength: 4 }), next: anyCursor }, plain);
}

function called<Type extends string>(type: Type): fc.Arbitrary<Type> {
  return fc.constant(type);
}
