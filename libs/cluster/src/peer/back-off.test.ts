import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultTiming } from "../timing.ts";
import { pauseMs } from "./back-off.ts";

test("pauseMs() doubles up to its limit", () => {
  const pauses = [0, 1, 2, 5, 6, 1000].map((failures) =>
    pauseMs(failures, 0.999_999, defaultTiming),
  );
  assert.deepEqual(pauses.map(Math.round), [100, 200, 400, 3200, 5000, 5000]);
});

test("pauseMs() is shortened by chance, to the half at most", () => {
  assert.equal(pauseMs(0, 0, defaultTiming), 50);
  assert.equal(pauseMs(0, 0.5, defaultTiming), 75);
});
