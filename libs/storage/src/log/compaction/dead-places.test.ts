import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FIELD_HEADER_BYTES } from "../format/field.ts";
import { DeadPlaces } from "./dead-places.ts";

const KIB = 1024;
const MIB = 2 ** 20;

test("has() what was noted and nothing else, of any fields that do not overlap", () => {
  const lengths = fc.array(fc.integer({ min: FIELD_HEADER_BYTES, max: 300 }), { maxLength: 200 });
  const start = fc.constantFrom(0, 25, 2 ** 19 - 700, 2 ** 31 - 900, 2 ** 32 - 70_000);
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 6 }), start, lengths, (segment, from, fields) => {
      const places = new DeadPlaces({ firstSegment: 4 });
      let offset = from;
      const offsets = fields.map((length) => (offset += length));
      offsets.forEach((at, field) => field % 3 === 0 && places.note(segment, at));
      offsets.forEach((at, field) => {
        assert.equal(places.has(segment, at), field % 3 === 0, `field ${field} at ${at}`);
        assert.equal(places.has(segment + 1, at), false);
      });
    }),
  );
});

test("forget() gives the memory of segments to those that follow", () => {
  const places = new DeadPlaces({ firstSegment: 1, memoryLimitBytes: 8 * KIB });
  places.note(1, 100);
  places.note(2, 100);
  places.note(3, 100);
  assert.deepEqual(
    [1, 2, 3].map((segment) => places.has(segment, 100)),
    [true, true, false],
  );
  assert.equal(places.memoryBytes, 8 * KIB);
  places.forget(1);
  places.note(1, 100);
  places.note(3, 200);
  assert.deepEqual(
    [1, 2, 3].map((segment) => places.has(segment, 100)),
    [false, true, false],
  );
  assert.equal(places.has(3, 200), true);
  places.forget(7);
  places.note(8, 100);
  assert.equal(places.has(8, 100), true);
  assert.equal(places.has(8, 200), false);
  assert.equal(places.memoryBytes, 8 * KIB);
});

test("memoryBytes is a 128th of what it has noted places in, and never beyond the limit", () => {
  const places = new DeadPlaces({ firstSegment: 1, memoryLimitBytes: MIB });
  for (let at = 0; at < 64 * MIB; at += 1000) places.note(1, at);
  assert.equal(places.memoryBytes, MIB / 2);
  for (let at = 0; at < 512 * MIB; at += 1000) places.note(2, at);
  assert.equal(places.memoryBytes, MIB);
});
