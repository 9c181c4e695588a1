import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimitedLog } from "./rate-limited-log.ts";

test("RateLimitedLog admits one of a kind per second, and counts the others", () => {
  let nowMs = 5_000;
  const log = new RateLimitedLog(() => nowMs);
  const admitted = [5_000, 5_001, 5_999, 6_000, 6_001, 9_000].map((ms) => {
    nowMs = ms;
    return log.admit("disk");
  });
  assert.deepEqual(admitted, [0, undefined, undefined, 2, undefined, 1]);
});

test("RateLimitedLog keeps kinds apart", () => {
  const log = new RateLimitedLog(() => 0);
  assert.deepEqual([log.admit("disk"), log.admit("route"), log.admit("disk")], [0, 0, undefined]);
});
