import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { median, pairedRatio, spreadOf } from "./statistics.ts";

const medians: readonly [values: readonly number[], median: number][] = [
  [[], Number.NaN],
  [[7], 7],
  [[9, 1, 5], 5],
  [[4, 1, 100, 2], 3],
];

suite("median()", () => {
  for (const [values, expected] of medians) {
    test(`of [${values.join(", ")}] is ${expected}`, () => assert.equal(median(values), expected));
  }
});

test("spreadOf() tells the least and the most beside the median", () => {
  assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, least: 1, most: 3 });
});

suite("pairedRatio()", () => {
  test("divides round by round before it takes the median", () => {
    // The machine slowed down by ten from round to round; the ratio did not care.
    assert.deepEqual(pairedRatio([200, 20, 2], [100, 10, 1]), { median: 2, least: 2, most: 2 });
  });

  test("refuses rounds that have no pair", () => {
    assert.throws(() => pairedRatio([1, 2], [1]), RangeError);
  });
});
