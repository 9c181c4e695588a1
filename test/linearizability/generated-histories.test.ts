import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type Random, seededRandom } from "../harness/random.ts";
import { isLinearizableByForce } from "./brute-force.ts";
import { checkHistory } from "./check-history.ts";
import { generateHistory, type GeneratorOptions } from "./generate-history.ts";
import type { Operation } from "./operation.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const full: GeneratorOptions = { clients: 10, operations: 2_000, unknownPercent: 3, depth: 1 };

function isLinearizable(history: readonly Operation[]): boolean {
  return checkHistory(history).isLinearizable;
}

/** A small history in which something may be wrong: what some of its reads found is replaced by anything that fits a read. */
function smallHistory(random: Random): readonly Operation[] {
  const options = {
    clients: random.integer(1, 4),
    operations: random.integer(1, 8),
    unknownPercent: 25,
    depth: random.integer(1, 3),
  };
  const history = generateHistory(options, random);
  const values = history.flatMap(({ action }) => ("value" in action ? [action.value] : []));
  return history.map((operation) =>
    random.chance(25) ? changed(operation, values, random) : operation,
  );
}

/** `operation` with another outcome that its client might have been told. */
function changed(operation: Operation, values: readonly string[], random: Random): Operation {
  const { action, outcome } = operation;
  const value = values[random.integer(0, values.length)];
  if (outcome.type === "read") return { ...operation, outcome: { type: "read", value } };
  if (outcome.type === "unknown") return operation;
  if (action.type === "put" || action.type === "delete") {
    return { ...operation, outcome: { type: "applied", found: random.chance(50) } };
  }
  return { ...operation, outcome: { type: random.pick(["applied", "refused"] as const) } };
}

/** `history` with one read that finds a value which was overwritten, for all to see, before the read began; or undefined. */
function withStaleRead(
  history: readonly Operation[],
  random: Random,
): readonly Operation[] | undefined {
  const reads = history.filter(
    ({ outcome }) => outcome.type === "read" && outcome.value !== undefined,
  );
  const candidates = history.flatMap((target, index) => {
    if (target.outcome.type !== "read") return [];
    const seen = reads.filter(({ returnAt }) => returnAt < target.callAt);
    const newest = seen.reduce((latest, { callAt }) => Math.max(latest, callAt), -1);
    const last = seen.find(({ callAt }) => callAt === newest);
    if (last === undefined) return [];
    // Seen before another value was seen, and that is over: this value cannot be there again.
    const stale = seen.filter(
      (read) => read.returnAt < last.callAt && valueOf(read) !== valueOf(last),
    );
    return stale.map((read) => ({ index, value: valueOf(read) }));
  });
  if (candidates.length === 0) return undefined;
  const { index, value } = random.pick(candidates);
  return history.map((operation, at) =>
    at === index ? { ...operation, outcome: { type: "read", value } } : operation,
  );
}

function valueOf({ outcome }: Operation): string | undefined {
  return outcome.type === "read" ? outcome.value : undefined;
}

suite("checkHistory() on drawn histories", () => {
  test("agrees with a search through all orders", () => {
    const verdicts = { good: 0, bad: 0 };
    fc.assert(
      fc.property(seeds, (seed) => {
        const history = smallHistory(seededRandom(seed));
        const isGood = isLinearizableByForce(history);
        verdicts[isGood ? "good" : "bad"]++;
        assert.equal(isLinearizable(history), isGood);
      }),
      { numRuns: 5_000 },
    );
    assert.ok(verdicts.good > 500 && verdicts.bad > 500, JSON.stringify(verdicts));
  });

  test("accepts what a register that is changed at one moment shows, and rejects it with one stale read", () => {
    const option = fc.record({
      clients: fc.integer({ min: 1, max: 10 }),
      operations: fc.integer({ min: 1, max: 300 }),
      unknownPercent: fc.integer({ min: 0, max: 10 }),
      depth: fc.integer({ min: 1, max: 8 }),
    });
    let rejected = 0;
    fc.assert(
      fc.property(option, seeds, (options, seed) => {
        const random = seededRandom(seed);
        const history = generateHistory(options, random);
        assert.ok(isLinearizable(history));
        const mutated = withStaleRead(history, random);
        if (mutated === undefined) return;
        assert.ok(!isLinearizable(mutated));
        rejected++;
      }),
      { numRuns: 200 },
    );
    assert.ok(rejected > 50, String(rejected));
  });

  for (const options of [full, { ...full, depth: 8 }, { ...full, unknownPercent: 15 }]) {
    const { unknownPercent, depth } = options;
    test(`judges 2000 operations of 10 clients, ${unknownPercent} % unknown, depth ${depth}, in a second`, (context) => {
      const random = seededRandom(7);
      const history = generateHistory(options, random);
      const stale = withStaleRead(history, random);
      assert.ok(stale);
      for (const [judged, isGood] of [
        [history, true],
        [stale, false],
      ] as const) {
        const began = performance.now();
        const verdict = checkHistory(judged);
        const tookMs = performance.now() - began;
        assert.equal(verdict.isLinearizable, isGood);
        context.diagnostic(
          `${isGood ? "good" : "bad"}: ${Math.round(tookMs)} ms, ${verdict.tries} tries`,
        );
        // A tenth of that on a machine that has nothing else to do.
        assert.ok(tookMs < 1_000, `${tookMs} ms`);
      }
    });
  }
});
