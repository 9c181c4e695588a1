import assert from "node:assert/strict";
import { test } from "node:test";
import { CompactionDebt } from "./compaction-debt.ts";

const MIB = 2 ** 20;

test("settle() adds what callers write at the pace there is, and takes off what was looked at", () => {
  const debt = new CompactionDebt();
  debt.begin(1000, 500);
  assert.equal(debt.settle(1000, 500, 6), 0);
  assert.equal(debt.settle(1100, 500, 6), 600);
  assert.equal(debt.settle(1100, 700, 6), 400);
  assert.equal(debt.settle(1200, 700, 0.5), 450);
  // Nothing is saved up for later.
  assert.equal(debt.settle(1200, 9000, 6), 0);
  assert.equal(debt.settle(1201, 9000, 6), 6);
  debt.begin(2000, 9000);
  assert.equal(debt.settle(2000, 9000, 6), 0);
});

test("settle() forgets what would take long to pay", () => {
  const debt = new CompactionDebt();
  assert.equal(debt.settle(10_000 * MIB, 0, 6), 64 * MIB);
  assert.equal(debt.settle(10_000 * MIB, 64 * MIB, 6), 0);
});
