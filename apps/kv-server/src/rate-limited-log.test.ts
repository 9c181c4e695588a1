import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimitedLog } from "./rate-limited-log.ts";

test("RateLimitedLog admits one of a kind per second, and counts the others", () => {
  let nowMs = 5_000;
  const log = new RateLimitedLog(() => nowMs);
  const seen = [5_000, 5_001, 5_999, 6_000, 6_001, 9_000].map((ms) => {
    nowMs = ms;
    const told = log.takeEnded().map(({ count }) => count);
    return { told, isAdmitted: log.admit("disk") };
  });
  const expected = [
    { told: [], isAdmitted: true },
    { told: [], isAdmitted: false },
    { told: [], isAdmitted: false },
    { told: [2], isAdmitted: true },
    { told: [], isAdmitted: false },
    { told: [1], isAdmitted: true },
  ];
  assert.deepEqual(seen, expected);
});

test("RateLimitedLog keeps kinds apart", () => {
  const log = new RateLimitedLog(() => 0);
  assert.deepEqual([log.admit("disk"), log.admit("route"), log.admit("disk")], [true, true, false]);
  assert.deepEqual(log.takeEnded(), []);
  assert.deepEqual(log.takeAll(), [{ kind: "disk", count: 1 }]);
  assert.deepEqual(log.takeAll(), []);
});

test("RateLimitedLog knows when there is something to tell", () => {
  let nowMs = 0;
  const log = new RateLimitedLog(() => nowMs);
  log.admit("disk");
  assert.equal(log.dueInMs, undefined);
  nowMs = 300;
  log.admit("route");
  log.admit("route");
  assert.equal(log.dueInMs, 1000);
  log.admit("disk");
  assert.equal(log.dueInMs, 700);
  nowMs = 1300;
  assert.equal(log.dueInMs, 0);
  assert.deepEqual(log.takeEnded().length, 2);
  assert.equal(log.dueInMs, undefined);
});
