import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { keySlot } from "./key-slot.ts";

const slotOf = (key: string): number => keySlot(Buffer.from(key, "latin1"));

suite("keySlot()", () => {
  // As redis-server 7.0 answers CLUSTER KEYSLOT.
  const known: readonly (readonly [key: string, slot: number])[] = [
    ["", 0],
    ["foo", 12_182],
    ["123456789", 12_739],
    ["b:shopping", 8895],
    ["{foo}bar", 12_182],
    ["a{foo}b{x}", 12_182],
    ["\u0000\u00ff", 7920],
  ];
  for (const [key, slot] of known) {
    test(`is ${slot} for ${JSON.stringify(key)}`, () => {
      assert.equal(slotOf(key), slot);
    });
  }

  test("takes the whole key where nothing stands in braces", () => {
    assert.notEqual(slotOf("{}foo"), slotOf("foo"));
    assert.notEqual(slotOf("{foo"), slotOf("foo"));
    assert.equal(slotOf("foo{{bar}}"), slotOf("{bar"));
  });
});
