import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { joinCursor, slotLimit, splitCursor } from "./listing-place.ts";
import { brandCursor } from "./remote/testing/any-part.ts";

test("splitCursor() finds the place that joinCursor() was given", () => {
  const anyPlace = fc.record({
    slot: fc.nat({ max: slotLimit - 1 }),
    cursor: fc.option(
      fc.integer({ min: 1, max: 2 ** 37 - 1 }).map((ordinal) => brandCursor(String(ordinal))),
      { nil: undefined },
    ),
  });
  fc.assert(
    fc.property(anyPlace, (place) => {
      const joined = joinCursor(place);
      assert.match(joined, /^\d{1,16}$/u);
      assert.deepEqual({ ...splitCursor(joined) }, { ...place });
    }),
  );
});

test("joinCursor() makes no cursor that is not exact", () => {
  for (const cursor of [String(2 ** 37), String(2 ** 53), "x"]) {
    assert.throws(() => joinCursor({ slot: 1, cursor: brandCursor(cursor) }), RangeError);
  }
});

test("splitCursor() refuses what is no cursor", () => {
  for (const cursor of ["", "x", "-1", "1.5", "01", "1e3", "9007199254740992", "0x10"]) {
    assert.throws(() => splitCursor(brandCursor(cursor)), { code: "STORAGE_CURSOR" });
  }
});
