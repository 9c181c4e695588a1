import assert from "node:assert/strict";
import { test } from "node:test";
import { Later, type LaterListener } from "./later.ts";

const answer = { outcome: "found", durable: undefined };

/** Writes down what it is told. */
class Witness implements LaterListener<string> {
  readonly told: unknown[] = [];

  answered(told: unknown): void {
    this.told.push(told);
  }

  failed(error: unknown): void {
    this.told.push(error);
  }
}

test("Later tells a listener that came before within the call that settles it, once", () => {
  const [answered, failed] = [new Later<string>(), new Later<string>()];
  const [first, second] = [new Witness(), new Witness()];
  answered.whenSettled(first);
  failed.whenSettled(second);
  assert.deepEqual([first.told, second.told], [[], []]);
  assert.deepEqual([answered.isSettled, failed.isSettled], [false, false]);
  answered.answer(answer);
  const error = new Error("gone");
  failed.fail(error);
  assert.deepEqual([answered.isSettled, failed.isSettled], [true, true]);
  assert.deepEqual(first.told, [answer]);
  assert.equal(first.told[0], answer);
  assert.deepEqual(second.told, [error]);
});

test("Later tells a listener that comes afterwards before whenSettled() is back", () => {
  const [answered, failed] = [new Later<string>(), new Later<string>()];
  answered.answer(answer);
  failed.fail(undefined);
  const [first, second] = [new Witness(), new Witness()];
  answered.whenSettled(first);
  failed.whenSettled(second);
  assert.deepEqual([first.told, second.told], [[answer], [undefined]]);
});

test("Later settles once, whatever it is settled with", () => {
  for (const settle of [
    (later: Later<string>) => later.answer(answer),
    (later: Later<string>) => later.fail(undefined),
  ]) {
    const later = new Later<string>();
    const witness = new Witness();
    later.whenSettled(witness);
    settle(later);
    assert.throws(() => later.answer(answer), /settles once/u);
    assert.throws(() => later.fail(new Error("gone")), /settles once/u);
    assert.equal(witness.told.length, 1);
  }
});

test("Later has one listener, also after it has told it", () => {
  const later = new Later<string>();
  later.whenSettled(new Witness());
  const late = new Witness();
  assert.throws(() => later.whenSettled(late), /one listener/u);
  later.answer(answer);
  assert.throws(() => later.whenSettled(late), /one listener/u);
  assert.deepEqual(late.told, []);
});

test("Later may be awaited, before and after it is settled, as often as one likes", async () => {
  const later = new Later<string>();
  const both = Promise.all([later, later]);
  later.answer(answer);
  assert.deepEqual(await both, [answer, answer]);
  assert.equal(await later, answer);
  const settled = new Later<string>();
  settled.answer(answer);
  assert.equal(await settled, answer);
});

test("Later rejects for whoever awaits one that has failed", async () => {
  const error = new Error("gone");
  const [before, after] = [new Later<string>(), new Later<string>()];
  const waiting = assert.rejects(async () => before, error);
  before.fail(error);
  await waiting;
  after.fail(error);
  await assert.rejects(async () => after, error);
});

test("Later lets through what its listener throws", () => {
  const later = new Later<string>();
  const bug = new Error("a bug of the listener");
  later.whenSettled({
    answered: () => {
      throw bug;
    },
    failed: () => assert.fail(),
  });
  assert.throws(() => later.answer(answer), bug);
  assert.equal(later.isSettled, true);
});
