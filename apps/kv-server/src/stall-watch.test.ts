import assert from "node:assert/strict";
import { suite, test, type TestContext } from "node:test";
import { StallWatch } from "./stall-watch.ts";

const timeoutMs = 1000;

/** A watch over a number of the test's, on a clock of the test's. */
function watched(context: TestContext) {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const seen = { progress: 0, stalls: 0 };
  const watch = new StallWatch(
    () => seen.progress,
    () => seen.stalls++,
  );
  return { seen, watch, pass: (ms: number) => context.mock.timers.tick(ms) };
}

suite("StallWatch", () => {
  test("notices a stall when it is as old as the time-out, once", (context) => {
    const { seen, watch, pass } = watched(context);
    watch.watch(timeoutMs);
    pass(timeoutMs - 1);
    assert.equal(seen.stalls, 0);
    pass(1);
    assert.equal(seen.stalls, 1);
    pass(10 * timeoutMs);
    assert.equal(seen.stalls, 1);
  });

  test("counts anew after progress, and is late by a quarter at most", (context) => {
    const { seen, watch, pass } = watched(context);
    watch.watch(timeoutMs);
    for (let ms = 0; ms < 5 * timeoutMs; ms += timeoutMs / 2) {
      seen.progress++;
      pass(timeoutMs / 2);
    }
    seen.progress++;
    pass(timeoutMs - 1);
    assert.equal(seen.stalls, 0);
    pass(timeoutMs / 4 + 1);
    assert.equal(seen.stalls, 1);
  });

  test("goes on when it is told again, and ends when it is told to rest", (context) => {
    const { seen, watch, pass } = watched(context);
    watch.watch(timeoutMs);
    pass(timeoutMs / 2);
    watch.watch(timeoutMs);
    pass(timeoutMs / 2);
    assert.equal(seen.stalls, 1);
    watch.watch(timeoutMs);
    pass(timeoutMs / 2);
    watch.rest();
    pass(timeoutMs);
    assert.equal(seen.stalls, 1);
  });

  test("notices nothing when the time-out is 0", (context) => {
    const { seen, watch, pass } = watched(context);
    watch.watch(0);
    pass(100_000);
    assert.equal(seen.stalls, 0);
  });
});
