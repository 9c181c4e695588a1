import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultIntensity, judgeRestart, type RestartIntensity } from "./restart-intensity.ts";

function judgeAll(timesMs: readonly number[], intensity: RestartIntensity): readonly string[] {
  let history: readonly number[] = [];
  return timesMs.map((nowMs) => {
    const verdict = judgeRestart(history, nowMs, intensity);
    history = verdict.history;
    return verdict.type;
  });
}

const rows: readonly (readonly [timesMs: number[], intensity: RestartIntensity, last: string])[] = [
  [[0, 1, 2], defaultIntensity, "restart"],
  [[0, 1, 2, 3], defaultIntensity, "give-up"],
  [[0, 1, 2, 5_000], defaultIntensity, "give-up"],
  [[0, 1, 2, 5_001], defaultIntensity, "restart"],
  [[0], { maxRestarts: 0, periodMs: 5_000 }, "give-up"],
  [[0, 0], { maxRestarts: 1, periodMs: 0 }, "give-up"],
  [[0, 1], { maxRestarts: 1, periodMs: 0 }, "restart"],
];

for (const [timesMs, intensity, last] of rows) {
  const { maxRestarts, periodMs } = intensity;
  test(`judgeRestart() with ${maxRestarts} in ${periodMs} ms, at ${timesMs.join()}: ${last}`, () => {
    assert.equal(judgeAll(timesMs, intensity).at(-1), last);
  });
}

test("judgeRestart() gives up exactly when a window holds more restarts than are tolerated", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 });
  const intensities = fc.record({ maxRestarts: fc.nat(5), periodMs: fc.nat(60) });
  fc.assert(
    fc.property(gaps, intensities, (gapsMs, intensity) => {
      let nowMs = 0;
      const timesMs = gapsMs.map((gapMs) => (nowMs += gapMs));
      const expected = timesMs.map((endMs, index) => {
        const window = timesMs.slice(0, index + 1).filter((ms) => endMs - ms <= intensity.periodMs);
        return window.length > intensity.maxRestarts ? "give-up" : "restart";
      });
      assert.deepEqual(judgeAll(timesMs, intensity), expected);
    }),
  );
});
