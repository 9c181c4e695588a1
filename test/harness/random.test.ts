import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSeed, seededRandom } from "./random.ts";

function draws(seed: number): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: 50 }, () => random.integer(1, 6));
}

test("seededRandom() draws the same numbers from the same seed", () => {
  assert.deepEqual(draws(7), draws(7));
  assert.notDeepEqual(draws(7), draws(8));
});

test("seededRandom() draws every number of the range, and no other", () => {
  assert.deepEqual(new Set(draws(7)), new Set([1, 2, 3, 4, 5, 6]));
});

test("seededRandom().fork() is a stream of its own", () => {
  const random = seededRandom(7);
  const fork = random.fork();
  assert.notDeepEqual(
    Array.from({ length: 10 }, () => fork.integer(0, 1_000)),
    Array.from({ length: 10 }, () => random.integer(0, 1_000)),
  );
});

test("chooseSeed() takes the seed it is given and refuses what is none", () => {
  assert.equal(chooseSeed("42"), 42);
  assert.throws(() => chooseSeed("many"), RangeError);
  assert.throws(() => chooseSeed("-1"), RangeError);
});
