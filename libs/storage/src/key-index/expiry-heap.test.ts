import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ExpiryHeap } from "./expiry-heap.ts";

const times = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.maxSafeInteger());
const steps = fc.array(
  fc.record({
    type: fc.constantFrom("add", "change", "remove", "take"),
    ref: fc.nat(40),
    timeMs: times,
  }),
  { maxLength: 300 },
);

function timeOf(ref: number): number {
  return Math.imul(ref, 0x9e3779b1);
}

test("ExpiryHeap gives out the soonest first and knows where everything is", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const places = new Map<number, number>();
      const heap = new ExpiryHeap((ref, place) => places.set(ref, place));
      const model = new Map<number, number>();
      for (const { type, ref: any, timeMs } of list) {
        const ref = type === "take" && heap.size > 0 ? heap.soonest : any;
        const isThere = model.has(ref);
        if (type === "add" || type === "change") {
          if (isThere) heap.changeAt(places.get(ref) ?? -1, timeMs);
          else heap.add(ref, timeMs, ref * 3);
          if (type === "change") heap.setMarkAt(places.get(ref) ?? -1, ref * 3);
          model.set(ref, timeMs);
        } else if (isThere) {
          heap.removeAt(places.get(ref) ?? -1);
          model.delete(ref);
        }
        assert.equal(heap.size, model.size);
        assert.equal(heap.soonestMs, Math.min(...model.values()));
        for (const [held, heldMs] of model) {
          assert.equal(heap.timeAt(places.get(held) ?? -1), heldMs);
          assert.equal(heap.markAt(places.get(held) ?? -1), held * 3);
        }
      }
    }),
  );
});

test("ExpiryHeap grows over many parts, empties in order and gives the memory back", () => {
  const heap = new ExpiryHeap(() => {});
  for (let ref = 1; ref <= 100_000; ref++) heap.add(ref, timeOf(ref));
  assert.ok(heap.memoryBytes < 1.2 * 100_000 * 16);
  let before = Number.NEGATIVE_INFINITY;
  while (heap.size > 0) {
    assert.ok(heap.soonestMs >= before);
    before = heap.soonestMs;
    heap.removeAt(0);
  }
  assert.ok(heap.memoryBytes <= 2 * 16_384 * 16);
});

test("ExpiryHeap stays in order when items go from its middle", () => {
  const places = new Map<number, number>();
  const heap = new ExpiryHeap((ref, place) => places.set(ref, place));
  for (let ref = 1; ref <= 3000; ref++) heap.add(ref, timeOf(ref));
  for (let ref = 1; ref <= 3000; ref += 1 + (ref % 2)) {
    heap.removeAt(places.get(ref) ?? -1);
    places.delete(ref);
  }
  const order = [...places.keys()].toSorted((one, other) => timeOf(one) - timeOf(other));
  const drained = order.map(() => {
    const { soonest } = heap;
    heap.removeAt(0);
    return soonest;
  });
  assert.deepEqual(drained, order);
});
