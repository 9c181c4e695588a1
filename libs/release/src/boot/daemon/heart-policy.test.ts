import assert from "node:assert/strict";
import { test } from "node:test";
import { HeartPolicy } from "./heart-policy.ts";

const crash = { code: 1, ranMs: 1_000, hadStarted: true };

test("a node that dies is started again, later each time, a minute at most", () => {
  const policy = new HeartPolicy();
  const pauses = Array.from({ length: 9 }, () => policy.pauseAfter(crash));
  assert.deepEqual(
    pauses,
    [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000),
  );
});

test("one that was killed is, too, and one that fails to come up after it had", () => {
  const policy = new HeartPolicy();
  assert.equal(policy.pauseAfter({ ...crash, code: null }), 1_000);
  assert.equal(policy.pauseAfter({ code: 1, ranMs: 10, hadStarted: false }), 2_000);
});

test("who ran for five minutes was well", () => {
  const policy = new HeartPolicy();
  for (let times = 0; times < 5; times++) policy.pauseAfter(crash);
  assert.equal(policy.pauseAfter({ ...crash, ranMs: 300_000 }), 1_000);
});

test("one that was stopped, or whose configuration is wrong, or that never came up is left alone", () => {
  for (const end of [
    { ...crash, code: 0 },
    { ...crash, code: 78 },
    { code: 1, ranMs: 10, hadStarted: false },
    { code: null, ranMs: 10, hadStarted: false },
  ]) {
    assert.equal(new HeartPolicy().pauseAfter(end), undefined, JSON.stringify(end));
  }
  const policy = new HeartPolicy();
  policy.pauseAfter(crash);
  assert.equal(policy.pauseAfter({ code: 78, ranMs: 10, hadStarted: false }), undefined);
});
