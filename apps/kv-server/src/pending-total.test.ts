import assert from "node:assert/strict";
import { test } from "node:test";
import { PendingTotal } from "./pending-total.ts";

test("PendingTotal is full at its limit, which may change, and no longer when bytes are gone", () => {
  let limitBytes = 10;
  const total = new PendingTotal(() => limitBytes);
  total.change(9);
  assert.equal(total.isFull, false);
  total.change(1);
  assert.equal(total.isFull, true);
  limitBytes = 11;
  assert.equal(total.isFull, false);
  total.change(1);
  total.change(-11);
  assert.deepEqual([total.isFull, total.bytes], [false, 0]);
});
