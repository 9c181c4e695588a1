import fc from "fast-check";
import { type ExpiryCondition, expiryConditions } from "../src/index.ts";

/** What a conditional step asks of a key, before it is known which revisions the engine drew. */
export type Wish = "anything" | "absent" | "current" | "stale";

/** A key as a step puts it. `livesMs` counts from the moment of the step; it may be over already. */
export interface StepField {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly livesMs: number | undefined;
  readonly wish: Wish;
}

/** One call to a store, or a moment passing; of less than no time, when the clock is set back. */
export type Step =
  | { readonly type: "create"; readonly bucket: Uint8Array }
  | { readonly type: "drop"; readonly bucket: Uint8Array }
  | { readonly type: "get"; readonly bucket: Uint8Array; readonly key: Uint8Array }
  | {
      readonly type: "put";
      readonly bucket: Uint8Array;
      readonly fields: readonly StepField[];
      readonly createsBucket: boolean;
    }
  | {
      readonly type: "delete";
      readonly bucket: Uint8Array;
      readonly keys: readonly Uint8Array[];
      readonly wish: Wish;
    }
  | {
      readonly type: "expire";
      readonly bucket: Uint8Array;
      readonly key: Uint8Array | undefined;
      readonly livesMs: number | undefined;
      readonly conditions: readonly ExpiryCondition[];
    }
  | { readonly type: "describe"; readonly bucket: Uint8Array }
  | { readonly type: "count" }
  | { readonly type: "list-buckets"; readonly limit: number }
  | { readonly type: "list-keys"; readonly bucket: Uint8Array; readonly limit: number }
  | { readonly type: "wait"; readonly ms: number };

/** Few names, so that steps collide; none of them tame: empty, NUL, not UTF-8, one a prefix of another. */
const bytes = fc
  .constantFrom([], [0x00], [0x61], [0x61, 0x00], [0xff, 0xfe], [0xc3, 0xa9])
  .map((list) => Uint8Array.from(list));
const bucket = fc.constantFrom([0x62], [0x62, 0xff], [0x00]).map((list) => Uint8Array.from(list));
const value = fc.uint8Array({ maxLength: 8 });
const livesMs = fc.option(fc.constantFrom(-1, 0, 1, 10, 1_000), { nil: undefined, freq: 3 });
const wish = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Wish>("anything") },
  { weight: 3, arbitrary: fc.constantFrom<Wish>("absent", "current", "stale") },
);
const field = fc.record<StepField>({ key: bytes, value, livesMs, wish });
const limit = fc.integer({ min: 1, max: 4 });

/** Any step, weighted so that buckets mostly exist, of either lifetime, and mostly hold something. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: fc.constant("create" as const), bucket }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("drop" as const), bucket }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("get" as const), bucket, key: bytes }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("put" as const),
      bucket,
      fields: fc.array(field, { maxLength: 4 }),
      createsBucket: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("delete" as const),
      bucket,
      keys: fc.array(bytes, { maxLength: 3 }),
      wish,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("expire" as const),
      bucket,
      key: fc.option(bytes, { nil: undefined }),
      livesMs,
      conditions: fc.oneof(
        { weight: 2, arbitrary: fc.constant<ExpiryCondition[]>([]) },
        {
          weight: 3,
          arbitrary: fc.subarray([...expiryConditions], { minLength: 1, maxLength: 2 }),
        },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("describe" as const), bucket }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("count" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("list-buckets" as const), limit }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("list-keys" as const), bucket, limit }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 9, 10, 1_000, -1, -10, -2_000),
    }),
  },
);
