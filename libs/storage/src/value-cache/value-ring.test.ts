import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UNIT_BYTES, unitsFor, ValueRing } from "./value-ring.ts";

interface Row {
  readonly entry: number;
  position: number;
  value: Uint8Array;
}

const NOISE = Uint8Array.from({ length: 2 ** 23 }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 24);

/** Bytes that differ from those of any other seed up to 255. */
function patterned(length: number, seed: number): Uint8Array {
  return NOISE.slice(seed, seed + length);
}

/** Rings that end in the midst of the first, the second and the third page, and small ones. */
const units = fc.oneof(
  fc.integer({ min: 4, max: 60 }),
  fc.constantFrom(300_001, 524_288, 524_289, 700_001, 1_100_001),
);
const step = fc.record({
  action: fc.constantFrom("push", "push", "renew", "replace", "drop"),
  share: fc.double({ min: 0, max: 0.6, noNaN: true }),
  seed: fc.nat(255),
});

test("ValueRing is a queue of records, however they lie round the circle and across its pages", () => {
  fc.assert(
    fc.property(units, fc.array(step, { maxLength: 40, size: "max" }), (capacity, steps) => {
      const ring = new ValueRing(capacity);
      const rows: Row[] = [];
      for (const [index, { action, share, seed }] of steps.entries()) {
        const [oldest] = rows;
        if (action === "push") {
          const length = Math.floor(share * (capacity - 1) * UNIT_BYTES);
          const value = patterned(length, seed);
          while (ring.freeUnits < unitsFor(length)) {
            ring.shift();
            rows.shift();
          }
          rows.push({ entry: index + 1, position: push(ring, index + 1, value), value });
        } else if (oldest === undefined) {
          continue;
        } else if (action === "renew") {
          assert.equal(ring.oldest, oldest.position);
          rows.push({ ...oldest, position: ring.renew() });
          rows.shift();
        } else if (action === "replace") {
          const room = (unitsFor(oldest.value.length) - 1) * UNIT_BYTES;
          oldest.value = patterned(Math.max(0, room - (seed & 7)), seed);
          const { value } = oldest;
          ring.replace(oldest.position, new DataView(value.buffer), 0, value.length);
        } else {
          ring.drop(oldest.position);
          assert.equal(ring.entryAt(oldest.position), 0);
          ring.shift();
          rows.shift();
        }
        const used = rows.reduce((sum, { value }) => sum + unitsFor(value.length), 0);
        assert.equal(ring.freeUnits, capacity - used);
        for (const { entry, position, value } of rows) {
          assert.equal(ring.entryAt(position), entry);
          assert.equal(ring.valueBytesAt(position), value.length);
          assert.ok(Buffer.compare(ring.copyAt(position), value) === 0);
        }
      }
      assert.ok(ring.memoryBytes <= capacity * UNIT_BYTES);
    }),
    { numRuns: 60 },
  );
});

test("ValueRing makes its pages when they are first written to", () => {
  const ring = new ValueRing(2 ** 20);
  assert.equal(ring.memoryBytes, 0);
  push(ring, 1, new Uint8Array(100));
  assert.equal(ring.memoryBytes, 2 ** 22);
  push(ring, 2, new Uint8Array(2 ** 22));
  assert.equal(ring.memoryBytes, 2 ** 23);
});

/** Pushes a value that stands amid other bytes. */
function push(ring: ValueRing, entry: number, value: Uint8Array): number {
  const source = new Uint8Array(value.length + 8);
  source.set(value, 5);
  return ring.push(entry, new DataView(source.buffer, 2), 3, 3 + value.length);
}
