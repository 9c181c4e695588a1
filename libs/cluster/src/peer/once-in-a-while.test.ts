import assert from "node:assert/strict";
import { test } from "node:test";
import { heldBackText, OnceInAWhile } from "./once-in-a-while.ts";

test("OnceInAWhile lets each key through once in its time, and counts the others", () => {
  const often = new OnceInAWhile(1000);
  const admitted = [0, 1, 999, 1000, 1001, 5000].map((nowMs) => often.admit("a", nowMs));
  assert.deepEqual(admitted, [0, undefined, undefined, 2, undefined, 1]);
  assert.equal(often.admit("b", 5001), 0);
  often.forget("a");
  assert.equal(often.admit("a", 5001), 0);
  assert.equal(heldBackText(0), "");
  assert.equal(heldBackText(2), " (and 2 more like it)");
});
