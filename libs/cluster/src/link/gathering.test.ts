import assert from "node:assert/strict";
import { test } from "node:test";
import { Gathering } from "./gathering.ts";

function called(gathering: Gathering, count: number): Gathering {
  for (let call = 0; call < count; call++) gathering.add();
  return gathering;
}

test("Gathering does not have the only call that is under way wait", () => {
  assert.equal(called(new Gathering(), 1).goesOn(1, 60), false);
});

test("Gathering goes on while turns bring more calls, and ends with the first one that does not", () => {
  const gathering = called(new Gathering(), 2);
  assert.equal(gathering.goesOn(2, 120), true);
  assert.equal(called(gathering, 1).goesOn(3, 180), true);
  assert.equal(gathering.goesOn(3, 180), false);
});

test("Gathering goes by calls that were made, however many have been answered meanwhile", () => {
  const gathering = called(new Gathering(), 5);
  assert.equal(gathering.goesOn(40, 300), true);
  assert.equal(called(gathering, 1).goesOn(10, 360), true);
});

test("Gathering ends after four further turns, or with enough bytes, and begins anew", () => {
  const gathering = new Gathering();
  const turns = Array.from({ length: 6 }, () => called(gathering, 1).goesOn(9, 100));
  assert.deepEqual(turns, [true, true, true, true, false, true]);
  assert.equal(called(gathering, 1).goesOn(9, 16 * 1024), false);
});

test("Gathering does not wait for calls where only answers are written", () => {
  assert.equal(new Gathering().goesOn(9, 100), false);
});
