import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";

suite("Histogram", () => {
  test("says 0 of nothing", () => {
    assert.deepEqual(new Histogram().percentiles(), { p50: 0, p99: 0, max: 0 });
  });

  test("is exact below 64", () => {
    const histogram = new Histogram();
    for (let value = 1; value <= 63; value++) histogram.record(value);
    assert.equal(histogram.quantile(0.5), 32);
    assert.equal(histogram.quantile(1), 63);
  });

  test("counts a value as often as it is told to", () => {
    const histogram = new Histogram();
    histogram.record(10, 98);
    histogram.record(1_000, 2);
    assert.equal(histogram.total, 100);
    assert.equal(histogram.quantile(0.98), 10);
    assert.equal(histogram.quantile(0.99), 1_000);
  });

  test("keeps the exact maximum, also of what no bucket is made for", () => {
    const histogram = new Histogram();
    histogram.record(12_345.5);
    assert.equal(histogram.percentiles().max, 12_345.5);
    histogram.record(2 ** 33);
    assert.equal(histogram.percentiles().max, 2 ** 33);
    assert.equal(histogram.total, 2);
  });

  test("clear() forgets", () => {
    const histogram = new Histogram();
    histogram.record(5);
    histogram.clear();
    assert.deepEqual(histogram, new Histogram());
    assert.equal(histogram.quantile(1), 0);
  });

  test("quantile() is at most 3.2 % above the value that a sorted list has there", () => {
    const durations = fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const histogram = new Histogram();
        for (const value of values) histogram.record(value);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
        const said = histogram.quantile(share);
        assert.ok(said >= exact && said <= exact * 1.032, `${said} for ${exact}`);
      }),
    );
  });
});
