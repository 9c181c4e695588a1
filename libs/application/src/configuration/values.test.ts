import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isPlainObject, overlay } from "./values.ts";

const rows: readonly (readonly [lower: unknown, upper: unknown, merged: unknown])[] = [
  [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  [{ a: { b: 1, c: { d: 1 } } }, { a: { c: { e: 2 } } }, { a: { b: 1, c: { d: 1, e: 2 } } }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: 1 }, { a: undefined }, { a: 1 }],
  [{ a: 1 }, { a: null }, { a: null }],
  [{ a: { b: 1 } }, { a: 2 }, { a: 2 }],
  [{ a: 2 }, { a: { b: undefined } }, { a: {} }],
];

for (const [lower, upper, merged] of rows) {
  test(`overlay() of ${JSON.stringify(upper)} over ${JSON.stringify(lower)}`, () => {
    assert.deepEqual(overlay(lower, upper), merged);
  });
}

test("overlay() takes a member named __proto__ for a member", () => {
  const merged = overlay({}, JSON.parse('{"__proto__":{"a":1}}'));
  assert.ok(isPlainObject(merged));
  assert.equal(merged["a"], undefined);
  assert.deepEqual(Object.keys(merged), ["__proto__"]);
});

function says<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

test("overlay() does not mind in which order layers of one shape are joined", () => {
  const layer = fc.record({
    port: says(fc.nat(9)),
    users: says(fc.dictionary(fc.constantFrom("ann", "bob"), fc.nat(9))),
  });
  fc.assert(
    fc.property(layer, layer, layer, (low, middle, high) => {
      assert.deepEqual(
        overlay(overlay({}, overlay(low, middle)), high),
        overlay(overlay({}, low), overlay(middle, high)),
      );
    }),
  );
});

test("isPlainObject() is for literals", () => {
  const literals = [{}, { a: 1 }, Object.create(null)];
  const others = [[], null, 1, "a", new Map(), new Date(0), () => {}];
  assert.ok(literals.every(isPlainObject));
  assert.ok(!others.some(isPlainObject));
});
