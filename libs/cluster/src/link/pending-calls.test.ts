import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call } from "./call.ts";
import { PendingCalls } from "./pending-calls.ts";

function callUntil(deadlineMs: number): Call {
  return { deadlineMs, isWrite: false, byteLength: 0, write() {}, answered() {}, failed() {} };
}

test("PendingCalls gives a number back to use once its answer has come", () => {
  const pending = new PendingCalls();
  const [one, two] = [callUntil(1), callUntil(2)];
  assert.deepEqual([pending.add(one, 0, 0), pending.add(two, 10, 0)], [0, 1]);
  assert.equal(pending.settle(0), one);
  assert.equal(pending.settle(0), undefined);
  assert.equal(pending.settle(7), undefined);
  assert.equal(pending.size, 1);
  assert.equal(pending.add(callUntil(3), 20, 0), 0);
});

test("PendingCalls keeps the number of a call that was sent and given up, until its late answer", () => {
  const pending = new PendingCalls();
  const sent = pending.add(callUntil(5), 0, 0);
  const unsent = pending.add(callUntil(5), 100, 0);
  const other = pending.add(callUntil(9), 200, 0);
  const overdue = pending.takeOverdue(5, (position) => position >= 100);
  assert.deepEqual(
    overdue.map(({ id }) => id),
    [sent, unsent],
  );
  assert.equal(pending.earliestDeadlineMs(), 9);
  assert.equal(pending.size, 2);
  assert.equal(pending.add(callUntil(9), 300, 0), unsent);
  assert.equal(pending.settle(sent), "late");
  assert.equal(pending.settle(sent), undefined);
  assert.deepEqual(
    pending.waiting().map(({ id }) => id),
    [unsent, other],
  );
});

test("PendingCalls.takeAll() has them in the order of their frames", () => {
  const pending = new PendingCalls();
  const first = pending.add(callUntil(1), 0, 0);
  pending.add(callUntil(1), 10, 0);
  pending.settle(first);
  pending.add(callUntil(1), 20, 0);
  assert.deepEqual(
    pending.takeAll().map(({ position }) => position),
    [10, 20],
  );
  assert.equal(pending.size, 0);
  assert.equal(pending.earliestDeadlineMs(), Infinity);
});
