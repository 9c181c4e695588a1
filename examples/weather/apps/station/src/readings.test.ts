import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Readings } from "./readings.ts";

suite("Readings", () => {
  test("keeps the latest reading of each place, by place", () => {
    const readings = new Readings();
    for (const [place, degrees] of [
      ["oslo", 3],
      ["cairo", 31],
      ["oslo", -2.5],
    ] as const) {
      assert.equal(readings.report({ place, degrees }, 2), true);
    }
    assert.deepEqual(readings.all(), [
      { place: "cairo", degrees: 31 },
      { place: "oslo", degrees: -2.5 },
    ]);
  });

  test("takes no new place beyond the limit, and goes on with those it has", () => {
    const readings = new Readings();
    readings.report({ place: "oslo", degrees: 3 }, 1);
    assert.equal(readings.report({ place: "cairo", degrees: 31 }, 1), false);
    assert.equal(readings.report({ place: "oslo", degrees: 4 }, 1), true);
    assert.deepEqual(readings.all(), [{ place: "oslo", degrees: 4 }]);
  });
});
