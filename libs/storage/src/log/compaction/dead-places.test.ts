import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FIELD_HEADER_BYTES } from "../format/field.ts";
import { DeadPlaces } from "./dead-places.ts";

const KIB = 1024;
const MIB = 2 ** 20;

function note(places: DeadPlaces, segment: number, offset: number): void {
  places.note(segment, offset);
  places.settle();
}

test("has() what was noted and nothing else, of any fields that do not overlap", () => {
  const lengths = fc.array(fc.integer({ min: FIELD_HEADER_BYTES, max: 300 }), { maxLength: 200 });
  const start = fc.constantFrom(0, 25, 7_000, MIB - 70_000);
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 9 }), start, lengths, (segment, from, fields) => {
      const places = new DeadPlaces({ firstSegment: 4, segmentLimitBytes: MIB });
      let offset = from;
      const offsets = fields.map((length) => (offset += length));
      offsets.forEach((at, field) => field % 3 === 0 && places.note(segment, at));
      places.settle();
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
  note(places, 2, 0);
  for (const offset of [MIB, 2 * MIB, 2 ** 31, 2 ** 32 - 20]) {
    note(places, 1, offset);
    assert.equal(places.has(1, offset), false);
    assert.equal(places.has(2, offset), false);
  }
  assert.equal(places.has(2, 16), false);
});

test("forget() gives the memory of segments to those that follow", () => {
  const limits = { segmentLimitBytes: 64 * KIB, memoryLimitBytes: KIB };
  const places = new DeadPlaces({ firstSegment: 1, ...limits });
  note(places, 1, 100);
  note(places, 2, 100);
  note(places, 3, 100);
  const has = (): boolean[] => [1, 2, 3].map((segment) => places.has(segment, 100));
  assert.deepEqual(has(), [true, true, false]);
  assert.equal(places.memoryBytes, KIB);
  places.forget(1);
  note(places, 1, 100);
  assert.deepEqual(has(), [false, true, false]);
  note(places, 3, 200);
  assert.deepEqual(has(), [false, true, false]);
  assert.equal(places.has(3, 200), true);
  places.forget(7);
  note(places, 8, 100);
  assert.deepEqual([places.has(8, 100), places.has(8, 200)], [true, false]);
  assert.equal(places.memoryBytes, KIB);
});

test("note() notes many places at once, of which none is lost", () => {
  const places = new DeadPlaces({ firstSegment: 1, segmentLimitBytes: MIB });
  for (let at = 0; at < 1000; at++) places.note(1, at * 100);
  places.settle();
  for (let at = 0; at < 1000; at++) assert.equal(places.has(1, at * 100), true);
  // Those that wait for a segment which is forgotten are not noted of the one that follows it.
  places.note(1, 300_000);
  places.forget(1);
  note(places, 2, 500_000);
  assert.equal(places.has(2, 300_000), false);
});

test("memoryBytes grows to a 128th of the segments, and not beyond the limit", () => {
  const limits = { segmentLimitBytes: 64 * MIB, memoryLimitBytes: 2 * MIB };
  const places = new DeadPlaces({ firstSegment: 1, ...limits });
  assert.equal(places.memoryBytes, 0);
  for (let segment = 1; segment < 10; segment++) {
    note(places, segment, 1000);
    assert.equal(places.has(1, 1000), true);
    assert.ok(places.memoryBytes <= 2 * MIB);
  }
  assert.equal(places.memoryBytes, 2 * MIB);
  assert.equal(places.has(4, 1000), true);
  assert.equal(places.has(5, 1000), false);
});
