import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../harness/random.ts";
import { checkHistory } from "./check-history.ts";
import { generateHistory } from "./generate-history.ts";
import { cutBefore, type Entry, setsState } from "./cut-before.ts";
import type { Operation } from "./operation.ts";
import { parseHistory } from "./parse-history.ts";
import { showHistory } from "./show-history.ts";
import { shrinkHistory } from "./shrink-history.ts";

/** Much that goes well. */
function noise(prefix: string, beginAt: number): readonly Operation[] {
  const options = { clients: 4, operations: 400, unknownPercent: 2, depth: 2, prefix, beginAt };
  return generateHistory(options, seededRandom(7));
}

suite("shrinkHistory()", () => {
  test("leaves the operations of a stale read, and says how many others there were", () => {
    const stale = parseHistory(`
      a 90001-90002 put x: ok
      a 90003-90004 put y: ok
      b 90005-90006 get: x`);
    const good = noise("early-", 0);
    const late = noise("late-", 100_000);
    const { operations, others } = shrinkHistory([...good, ...stale, ...late]);
    assert.deepEqual(operations, stale);
    assert.equal(others, good.length + late.length);
  });

  test("shows the failed write whose value was read", () => {
    const failed = parseHistory(`
      a 90001-90002 put x: failed
      b 90003-90004 get: x`);
    const { operations } = shrinkHistory([...noise("early-", 0), ...failed]);
    assert.deepEqual(operations, failed);
  });

  test("begins with the last write that matters, and forgets what was deleted before", () => {
    const lost = parseHistory(`
      a 90001-90002 put x: ok
      b 90003-90004 put-if-absent y: ok`);
    const { operations } = shrinkHistory([...noise("early-", 0), ...lost]);
    assert.deepEqual(operations, lost);
  });

  test("leaves what contradicts itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const random = seededRandom(seed);
        const options = { clients: 5, operations: 80, unknownPercent: 5, depth: 2 };
        const history = generateHistory(options, random);
        const written = history.flatMap(({ action }) => ("value" in action ? [action.value] : []));
        const spoil = (operation: Operation): Operation => {
          if (operation.outcome.type !== "read" || !random.chance(20)) return operation;
          return { ...operation, outcome: { type: "read", value: random.pick(written) } };
        };
        const spoilt = history.map((operation) => spoil(operation));
        if (checkHistory(spoilt).isLinearizable) return;
        const { operations } = shrinkHistory(spoilt);
        assert.ok(!checkHistory(operations).isLinearizable, showHistory(operations));
        assert.ok(operations.length > 0 && operations.length < 20, showHistory(operations));
      }),
      { numRuns: 30 },
    );
  });
});

suite("showHistory()", () => {
  test("writes what parseHistory() reads", () => {
    const text = [
      "a  0.00-1.00 put x: absent # foo, RESP",
      "bc 1.50-2.00 put-if x y: refused",
      "a  2.00-3.00 put-if-absent z: unknown",
      "a  4.00-5.25 delete: found",
      "bc 6.00-7.00 get: -",
      "bc 8.00-9.00 get: x # bar, line",
    ].join("\n");
    assert.equal(showHistory(parseHistory(text)), text);
  });
});

suite("cutBefore()", () => {
  test("leaves a good history good", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const random = seededRandom(seed);
        const options = { clients: 4, operations: 40, unknownPercent: 10, depth: 3 };
        const whole = generateHistory(options, random).map(
          (operation): Entry => ({ operation, form: "whole" }),
        );
        for (const first of whole.filter((entry) => setsState(entry))) {
          const history = cutBefore(whole, first).flatMap(({ operation, form }): Operation[] => {
            if (form === "dropped") return [];
            return [form === "whole" ? operation : { ...operation, outcome: { type: "unknown" } }];
          });
          assert.ok(checkHistory(history).isLinearizable, showHistory(history));
        }
      }),
      { numRuns: 200 },
    );
  });
});
