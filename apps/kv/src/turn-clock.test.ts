import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { turnClock } from "./turn-clock.ts";

test("turnClock() looks at its clock once in a turn, however often it is asked", () => {
  let nowMs = 100;
  const ends: (() => void)[] = [];
  const clock = turnClock(
    () => nowMs++,
    (end) => ends.push(end),
  );
  assert.deepEqual([clock(), clock(), ends.length], [100, 100, 1]);
  ends.pop()?.();
  assert.deepEqual([clock(), clock(), ends.length], [101, 101, 1]);
});

test("turnClock() goes on with the next turn of the event loop", async () => {
  let nowMs = 100;
  const clock = turnClock(() => nowMs++);
  assert.equal(clock(), 100);
  await nextTurn();
  assert.equal(clock(), 101);
});
