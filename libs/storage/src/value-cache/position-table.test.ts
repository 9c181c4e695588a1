import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NO_SLOT, PositionTable, SET_BYTES } from "./position-table.ts";

const POSITIONS = 100;
const entry = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 2 ** 32 - 1 }));

test("PositionTable knows the last position of all that no other entry took the slot of", () => {
  const step = fc.record({ entry, position: fc.nat(POSITIONS - 1), isRemoval: fc.boolean() });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(step, { maxLength: 60, size: "max" }),
      (sets, steps) => {
        const table = new PositionTable(sets, POSITIONS);
        assert.equal(table.memoryBytes, sets * SET_BYTES);
        const model = new Map<number, number>();
        for (const each of steps) {
          const slot = table.find(each.entry);
          if (each.isRemoval && slot !== NO_SLOT) {
            table.remove(slot);
            model.delete(each.entry);
          } else if (slot === NO_SLOT) {
            const victim = table.victim(each.entry, 0);
            if (victim !== NO_SLOT) {
              const [gone] = [...model].find(([other]) => table.find(other) === victim) ?? [];
              assert.ok(gone !== undefined);
              table.remove(victim);
              model.delete(gone);
            }
            table.add(each.entry, each.position);
            model.set(each.entry, each.position);
          }
          for (const [known, position] of model) {
            assert.equal(table.positionAt(table.find(known)), position);
          }
        }
        for (let other = 1; other <= 40; other++) {
          assert.equal(table.find(other) !== NO_SLOT, model.has(other));
        }
      },
    ),
  );
});

test("victim() is the oldest round the circle that was not used, or the oldest of all", () => {
  const table = new PositionTable(1, POSITIONS);
  for (let number = 1; number <= 8; number++) {
    assert.equal(table.victim(number, 0), NO_SLOT);
    table.add(number, number * 10);
  }
  assert.equal(table.victim(9, 0), table.find(1));
  assert.equal(table.victim(9, 45), table.find(5));
  table.markUsed(table.find(5));
  assert.equal(table.victim(9, 45), table.find(6));
  for (let number = 1; number <= 8; number++) table.markUsed(table.find(number));
  assert.equal(table.victim(9, 45), table.find(5));
  table.move(table.find(4), 99);
  assert.equal(table.isUsed(table.find(4)), false);
  assert.equal(table.victim(9, 45), table.find(4));
  table.remove(table.find(2));
  table.remove(table.find(6));
  table.add(9, 0);
  assert.equal(table.victim(10, 45), NO_SLOT);
  table.add(10, 0);
  assert.notEqual(table.victim(11, 45), NO_SLOT);
});

test("a table without sets finds nothing", () => {
  assert.equal(new PositionTable(0, 0).find(1), NO_SLOT);
});
