import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ValueCache } from "./value-cache.ts";

const MIB = 2 ** 20;

const NOISE = Uint8Array.from({ length: MIB + 300 }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 24);

/** Bytes that differ from those of any other seed up to 255. */
function patterned(length: number, seed: number): Uint8Array {
  return NOISE.slice(seed, seed + length);
}

/** A cache whose places are in a map, all of which have to be good. */
function cacheOf(limitBytes: number): ValueCache {
  const places = new Map<number, number>();
  return new ValueCache({
    limitBytes,
    places: {
      of: (entry) => places.get(entry) ?? 0,
      set: (entry, place) => {
        assert.ok(Number.isInteger(place) && place >= 0 && place < 2 ** 31);
        places.set(entry, place);
      },
    },
  });
}

const limitBytes = fc.oneof(
  fc.constantFrom(0, 1, 511, 512, 1000, 4096, 65_537),
  fc.constantFrom(MIB, 2 * MIB + 12_345),
);
const action = fc.oneof(
  { weight: 3, arbitrary: fc.constant("set") },
  { weight: 3, arbitrary: fc.constant("replace") },
  { weight: 3, arbitrary: fc.constant("get") },
  { weight: 1, arbitrary: fc.constant("remove") },
);
const step = fc.record({
  action,
  entry: fc.integer({ min: 1, max: 30 }),
  /** Of the largest value that is kept. */
  share: fc.oneof(
    fc.constantFrom(0, 0.01, 0.5, 1, 1.2),
    fc.double({ min: 0, max: 1.2, noNaN: true }),
  ),
  seed: fc.nat(255),
});

test("ValueCache never returns another value than the last one, and keeps its budget", () => {
  const steps = fc.array(step, { maxLength: 200, size: "max" });
  fc.assert(
    fc.property(limitBytes, steps, (limit, all) => {
      const cache = cacheOf(limit);
      const model = new Map<number, Uint8Array>();
      /** Of the last value of each entry, kept or not. */
      const lengths = new Map<number, number>();
      let gets = 0;
      for (const each of all) {
        if (each.action === "set" || each.action === "replace") {
          const value = patterned(Math.floor((each.share * limit) / 8), each.seed);
          const formerBytes = each.action === "set" ? undefined : lengths.get(each.entry);
          if (formerBytes === undefined) cache.set(each.entry, value);
          else {
            const source = new DataView(value.buffer, value.byteOffset);
            cache.replacePart(each.entry, formerBytes, source, 0, value.length);
          }
          lengths.set(each.entry, value.length);
          const isKept = limit >= 512 && value.length <= limit / 8;
          if (isKept) model.set(each.entry, value);
          else model.delete(each.entry);
          assert.equal(cache.get(each.entry) !== undefined, isKept);
          gets++;
        } else if (each.action === "remove") {
          cache.remove(each.entry);
          model.delete(each.entry);
        }
        const got = cache.get(each.entry);
        const expected = model.get(each.entry);
        gets++;
        assert.ok(got === undefined || (expected && Buffer.compare(got, expected) === 0));
        const lent: Uint8Array[] = [];
        const isLent = cache.lend(each.entry, (bytes, start, end) =>
          lent.push(bytes.slice(start, end)),
        );
        if (isLent) gets++;
        assert.equal(isLent, got !== undefined);
        assert.deepEqual(lent, got === undefined ? [] : [Uint8Array.from(got)]);
        got?.fill(255);
        assert.ok(cache.memoryBytes <= limit);
        assert.ok(cache.usedBytes <= cache.memoryBytes);
      }
      const kept = [...model].filter(([entry, value]) => {
        const got = cache.get(entry);
        return got !== undefined && Buffer.compare(got, value) === 0;
      });
      assert.equal(cache.entryCount, kept.length);
      const used = kept.reduce((sum, [, { length }]) => sum + 8 + 8 * Math.ceil(length / 8), 0);
      assert.equal(cache.usedBytes, used);
      assert.equal(cache.hits + cache.misses, gets + model.size);
    }),
  );
});

/** As many values of 1016 bytes as a limit of 1 MiB has room for in its ring: each takes 1 KiB. */
function filled(): { cache: ValueCache; capacity: number } {
  const cache = cacheOf(MIB);
  const capacity = MIB / 1024;
  for (let entry = 1; entry <= capacity; entry++) cache.set(entry, new Uint8Array(1016));
  assert.equal(cache.entryCount, capacity);
  return { cache, capacity };
}

test("what was read since it came has a second chance, and only one", () => {
  const { cache, capacity } = filled();
  cache.get(1);
  for (let count = 1; count < capacity; count++) cache.set(10_000 + count, new Uint8Array(1016));
  // Everything but the first is new. Were it asked for now, it would count as used again.
  assert.equal(cache.entryCount, capacity);
  assert.equal(cache.get(2), undefined);
  assert.equal(cache.get(capacity), undefined);
  cache.set(20_000, new Uint8Array(1016));
  assert.equal(cache.get(1), undefined);
  assert.ok(cache.get(10_001));
});

test("what is read once in every round stays", () => {
  const { cache, capacity } = filled();
  for (let round = 1; round <= 10; round++) {
    assert.ok(cache.get(1));
    for (let count = 1; count < capacity; count++) {
      cache.set(10_000 * round + count, new Uint8Array(1016));
    }
  }
  assert.ok(cache.get(1));
});

test("when everything was read, one set() gives 16 values their second chance and drops the next", () => {
  const { cache, capacity } = filled();
  for (let entry = 1; entry <= capacity; entry++) assert.ok(cache.get(entry));
  cache.set(10_000, new Uint8Array(1016));
  assert.equal(cache.entryCount, capacity);
  assert.equal(cache.get(17), undefined);
  assert.ok(cache.get(16) && cache.get(18) && cache.get(10_000));
});

for (const [bytes, isKept] of [
  [60 * 1024, true],
  [70 * 1024, false],
] as const) {
  test(`a small value ${isKept ? "moves" : "drops"} one of ${bytes} bytes that was read`, () => {
    const cache = cacheOf(MIB);
    const ringBytes = MIB;
    const count = Math.floor(ringBytes / (bytes + 8));
    for (let entry = 1; entry <= count; entry++) {
      cache.set(entry, new Uint8Array(bytes));
      cache.get(entry);
    }
    const room = Math.floor((ringBytes - cache.usedBytes) / 16);
    for (let entry = 1001; entry <= 1001 + room; entry++) cache.set(entry, new Uint8Array(8));
    assert.equal(cache.get(1) !== undefined, isKept);
  });
}

test("values that have room together stay, however often they are replaced by longer and shorter ones", () => {
  const cache = cacheOf(MIB);
  const lengths = Uint8Array.from(NOISE, (byte) => 16 + (byte % 113));
  // 88 bytes each, on the average: two thirds of the limit.
  const count = 8_000;
  for (let put = 0; put < 40 * count; put++) {
    const entry = put < count ? put : (Math.imul(put, 0x9e3779b1) >>> 8) % count;
    cache.set(entry + 1, new Uint8Array(lengths[put % lengths.length] ?? 16));
  }
  assert.ok(cache.entryCount > 0.999 * count, `${cache.entryCount} of ${count}`);
});

test("ValueCache keeps no value larger than 1 MiB, whatever its limit", () => {
  const cache = cacheOf(64 * MIB);
  cache.set(1, patterned(MIB, 1));
  assert.deepEqual(cache.get(1), patterned(MIB, 1));
  cache.set(1, new Uint8Array(MIB + 1));
  assert.equal(cache.get(1), undefined);
});

test("ValueCache takes its ring as it fills", () => {
  const cache = cacheOf(64 * MIB);
  assert.equal(cache.memoryBytes, 0);
  cache.set(1, new Uint8Array(64));
  assert.equal(cache.memoryBytes, 4 * MIB);
});

test("ValueCache refuses a limit that it cannot keep", () => {
  for (const limit of [-1, 0.5, Number.NaN, 2 ** 34 + 1]) {
    assert.throws(() => cacheOf(limit), RangeError);
  }
});
