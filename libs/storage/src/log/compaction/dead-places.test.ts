import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FIELD_HEADER_BYTES } from "../format/field.ts";
import { DeadPlaces } from "./dead-places.ts";

const KIB = 1024;
const MIB = 2 ** 20;

test("has() what was noted and nothing else, of any fields that do not overlap", () => {
  const lengths = fc.array(fc.integer({ min: FIELD_HEADER_BYTES, max: 300 }), { maxLength: 200 });
  const start = fc.constantFrom(0, 25, 7_000, MIB - 70_000);
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 9 }), start, lengths, (segment, from, fields) => {
      const places = new DeadPlaces({ firstSegment: 4, segmentLimitBytes: MIB });
      let offset = from;
      const offsets = fields.map((length) => (offset += length));
      offsets.forEach((at, field) => field % 3 === 0 && places.note(segment, at));
      offsets.forEach((at, field) => {
        assert.equal(places.has(segment, at), field % 3 === 0, `field ${field} at ${at}`);
        assert.equal(places.has(segment + 1, at), false);
        assert.equal(places.has(segment - 1, at), false);
      });
    }),
  );
});

test("note() leaves out what lies beyond the length of a segment, as far as a place may", () => {
  const places = new DeadPlaces({ firstSegment: 1, segmentLimitBytes: MIB });
  places.note(2, 0);
  for (const offset of [MIB, 2 * MIB, 2 ** 31, 2 ** 32 - 20]) {
    places.note(1, offset);
    assert.equal(places.has(1, offset), false);
    assert.equal(places.has(2, offset), false);
  }
  assert.equal(places.has(2, 16), false);
});

test("forget() gives the memory of segments to those that follow", () => {
  const limits = { segmentLimitBytes: 64 * KIB, memoryLimitBytes: KIB };
  const places = new DeadPlaces({ firstSegment: 1, ...limits });
  places.note(1, 100);
  places.note(2, 100);
  places.note(3, 100);
  const has = (): boolean[] => [1, 2, 3].map((segment) => places.has(segment, 100));
  assert.deepEqual(has(), [true, true, false]);
  assert.equal(places.memoryBytes, KIB);
  places.forget(1);
  places.note(1, 100);
  assert.deepEqual(has(), [false, true, false]);
  places.note(3, 200);
  assert.deepEqual(has(), [false, true, false]);
  assert.equal(places.has(3, 200), true);
  places.forget(7);
  places.note(8, 100);
  assert.deepEqual([places.has(8, 100), places.has(8, 200)], [true, false]);
  assert.equal(places.memoryBytes, KIB);
});

test("memoryBytes grows to a 128th of the segments, and not beyond the limit", () => {
  const limits = { segmentLimitBytes: 64 * MIB, memoryLimitBytes: 2 * MIB };
  const places = new DeadPlaces({ firstSegment: 1, ...limits });
  assert.equal(places.memoryBytes, 0);
  for (let segment = 1; segment < 10; segment++) {
    places.note(segment, 1000);
    assert.equal(places.has(1, 1000), true);
    assert.ok(places.memoryBytes <= 2 * MIB);
  }
  assert.equal(places.memoryBytes, 2 * MIB);
  assert.equal(places.has(4, 1000), true);
  assert.equal(places.has(5, 1000), false);
});
