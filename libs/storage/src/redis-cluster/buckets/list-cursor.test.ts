import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  bucketsCursor,
  bucketsPlace,
  type KeysPlace,
  keysCursor,
  keysPlace,
  runOf,
} from "./list-cursor.ts";
import { orderedPart } from "./ordered-page.ts";

const order = fc.integer({ min: 0, max: 2 ** 22 - 1 });
const anyPlace: fc.Arbitrary<KeysPlace> = fc.oneof(
  fc.record({ type: fc.constant("ordered" as const), from: order }),
  fc.record({
    type: fc.constant("scan" as const),
    run: fc
      .string({ unit: fc.constantFrom("0", "7", "9", "a", "f"), minLength: 40, maxLength: 40 })
      .map(runOf),
    scan: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  }),
);

suite("a cursor", () => {
  test("of keys says its place, in digits that count exactly", () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        const cursor = keysCursor(place);
        assert.ok(Number.isSafeInteger(Number(cursor)));
        assert.deepEqual(keysPlace(cursor), { ...place });
      }),
    );
  });

  test("of buckets says its slot and where in it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16_383 }), order, (slot, from) => {
        const cursor = bucketsCursor({ slot, from });
        assert.ok(Number.isSafeInteger(Number(cursor)));
        assert.deepEqual(bucketsPlace(cursor), { slot, from });
      }),
    );
  });
});

test("orderedPart() shows each entry once, a few at a time", () => {
  const names = fc.uniqueArray(fc.uint8Array({ maxLength: 3 }), {
    selector: (name) => Buffer.from(name).toString("hex"),
    maxLength: 50,
  });
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 7 }), (all, limit) => {
      const seen: Uint8Array[] = [];
      for (let from: number | undefined = 0; from !== undefined; ) {
        const part: ReturnType<typeof orderedPart<Uint8Array>> = orderedPart(all, (name) => name, {
          from,
          limit,
        });
        assert.ok(part.entries.length > 0 || all.length === 0);
        seen.push(...part.entries);
        from = part.next;
      }
      assert.deepEqual(new Set(seen), new Set(all));
      assert.equal(seen.length, all.length);
    }),
  );
});
