import { test } from "node:test";
import fc from "fast-check";
import { NEVER } from "./entry.ts";
import type { KeyHash } from "./half-sip-hash.ts";
import { IndexModel } from "./testing/index-model.ts";

const MOST = Number.MAX_SAFE_INTEGER;

/** The keyed one; one with few values, in the lowest bits and in the highest; and the worst. */
const hashes = fc.constantFrom<KeyHash | undefined>(
  undefined,
  (bytes, start, end) => (end === start ? 0 : (bytes[end - 1] ?? 0) & 7),
  (bytes, start, end) => (end === start ? -1 : (bytes[end - 1] ?? 0) << 29),
  () => -7,
);

const names = fc.constantFrom("", "a", "b", "n".repeat(300));
const keys = fc.oneof(
  { weight: 6, arbitrary: fc.nat(30).map(String) },
  { weight: 1, arbitrary: fc.constantFrom("", "k".repeat(127), "k".repeat(128)) },
  { weight: 1, arbitrary: fc.constantFrom("k".repeat(2047), "k".repeat(65_536)) },
);
const times = fc.oneof(fc.constant(NEVER), fc.constantFrom(-MOST, -1, 0, 1, MOST), fc.nat(20));
const word = fc.nat(2 ** 32 - 1);
const fields = fc.record({
  revision: fc.maxSafeNat(),
  expiresAtMs: times,
  segment: word,
  offset: word,
  valueBytes: word,
});
const now = fc.oneof(fc.nat(20), fc.constantFrom(-MOST, MOST));
const expected = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(300));
const limits = fc.integer({ min: 1, max: 12 });

type Step = (model: IndexModel) => void;

function someOf(name: string, count: number, step: (key: string) => void): void {
  for (let index = 0; index < count; index++) step(`many ${index} of ${name}`);
}

const steps: readonly fc.WeightedArbitrary<Step>[] = [
  {
    weight: 3,
    arbitrary: fc.tuple(names, expected).map((args) => (model) => model.createBucket(...args)),
  },
  { weight: 1, arbitrary: names.map((name) => (model) => model.dropBucket(name)) },
  {
    weight: 1,
    arbitrary: fc.tuple(names, fc.integer({ min: 2, max: MOST }), times).map((args) => (model) => {
      model.stateBucket(...args);
    }),
  },
  {
    weight: 10,
    arbitrary: fc.tuple(names, keys, fields).map((args) => (model) => model.put(...args)),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(names, keys, fields).map((args) => (model) => model.change(...args)),
  },
  { weight: 5, arbitrary: fc.tuple(names, keys).map((args) => (model) => model.remove(...args)) },
  {
    weight: 2,
    arbitrary: fc.tuple(names, fc.nat(200), fields).map(([name, count, each]) => (model) => {
      someOf(name, count, (key) => model.put(name, key, each));
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(names, fc.nat(200)).map(([name, count]) => (model) => {
      someOf(name, count, (key) => model.remove(name, key));
    }),
  },
  { weight: 2, arbitrary: fc.tuple(now, limits).map((args) => (model) => model.sweep(...args)) },
  { weight: 1, arbitrary: now.map((nowMs) => (model) => model.dropLapsedBucket(nowMs)) },
  {
    weight: 2,
    arbitrary: fc.tuple(names, fc.boolean()).map((args) => (model) => model.setTransient(...args)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(names, fc.nat(20), now)
      .map((args) => (model) => model.countLiving(...args)),
  },
  { weight: 2, arbitrary: fc.nat(100).map((budget) => (model) => model.reclaim(budget)) },
  { weight: 2, arbitrary: names.map((name) => (model) => model.startListing(name)) },
  {
    weight: 4,
    arbitrary: fc.tuple(limits, fc.nat(1)).map((args) => (model) => model.listPage(...args)),
  },
  { weight: 1, arbitrary: limits.map((limit) => (model) => model.listBuckets(limit)) },
  { weight: 1, arbitrary: fc.constant((model) => model.checkAll()) },
];

test("KeyIndex does what a model of maps does, whatever happens to it", () => {
  fc.assert(
    fc.property(
      hashes,
      fc.array(fc.oneof(...steps), { maxLength: 120, size: "max" }),
      (hash, history) => {
        const model = new IndexModel(hash);
        model.createBucket("a", 0);
        for (const step of history) {
          step(model);
          model.checkTotals();
        }
        model.checkAll();
      },
    ),
    { numRuns: 250 },
  );
});
