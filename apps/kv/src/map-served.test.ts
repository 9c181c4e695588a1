import assert from "node:assert/strict";
import { test } from "node:test";
import { mapServed } from "./map-served.ts";
import { Later } from "./remote/later.ts";

const failure = new Error("no answer");
const double = (outcome: number): number => 2 * outcome;

test("mapServed() changes an answer that is there at once, and keeps what it rests on", () => {
  const durable = Promise.resolve();
  assert.deepEqual(mapServed({ outcome: 2, durable }, double), { outcome: 4, durable });
});

test("mapServed() changes an answer that a promise brings", async () => {
  const answer = Promise.resolve({ outcome: 2, durable: undefined });
  const changed = mapServed(answer, double);
  assert.ok(changed instanceof Promise);
  assert.equal((await changed).outcome, 4);
});

test("mapServed() changes a later answer in the turn in which it comes", () => {
  const later = new Later<number>();
  const changed = mapServed(later, double);
  assert.ok(changed instanceof Later);
  later.answer({ outcome: 2, durable: undefined });
  let told: unknown;
  changed.whenSettled({ answered: ({ outcome }) => (told = outcome), failed: assert.fail });
  assert.equal(told, 4);
});

test("mapServed() passes a failure on, and fails with what the change throws", async () => {
  const later = new Later<number>();
  const changed = Promise.resolve(mapServed(later, double));
  later.fail(failure);
  await assert.rejects(changed, failure);
  const answered = new Later<number>();
  const broken = Promise.resolve(
    mapServed(answered, () => {
      throw failure;
    }),
  );
  // Whoever answers does not hear of it.
  answered.answer({ outcome: 2, durable: undefined });
  await assert.rejects(broken, failure);
});
