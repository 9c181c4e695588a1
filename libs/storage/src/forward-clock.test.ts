import assert from "node:assert/strict";
import { test } from "node:test";
import { forwardClock } from "./forward-clock.ts";

test("forwardClock() stands still while its clock is behind what it has shown", () => {
  const shown = [5, 7, 3, 6, 7, 8, -1];
  const times = shown.values();
  const clock = forwardClock(() => times.next().value ?? 0);
  assert.deepEqual(
    shown.map(() => clock()),
    [5, 7, 7, 7, 7, 8, 8],
  );
});
