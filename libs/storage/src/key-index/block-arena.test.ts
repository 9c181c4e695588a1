import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BlockArena, type BlockRef } from "./block-arena.ts";

const PAGE_BYTES = 256 * 1024;

interface Held {
  readonly ref: BlockRef;
  readonly content: Uint8Array;
}

const sizes = fc.oneof(
  fc.integer({ min: 8, max: 600 }),
  fc.integer({ min: 8, max: 2 ** 21 }),
  fc.constantFrom(8, 512, 513, 2 ** 16 - 8, 2 ** 16, 2 ** 16 + 1, 2 ** 18, 2 ** 20 + 36),
);
const steps = fc.array(fc.record({ size: sizes, frees: fc.nat(20), fill: fc.nat(255) }), {
  maxLength: 120,
});

test("allocate() never gives out what somebody still has", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const arena = new BlockArena();
      const held: Held[] = [];
      for (const { size, frees, fill } of list) {
        const content = new Uint8Array(size).fill(fill);
        const ref = arena.allocate(size);
        assert.ok(ref > 0 && ref < 2 ** 31);
        arena.write(ref, 0, content, 0, size);
        held.push({ ref, content });
        const [freed] = frees < held.length ? held.splice(frees, 1) : [];
        if (freed === undefined) continue;
        assert.ok(arena.holds(freed.ref, 0, freed.content, 0, freed.content.length));
        arena.free(freed.ref, freed.content.length);
      }
      for (const { ref, content } of held) {
        assert.ok(arena.holds(ref, 0, content, 0, content.length));
        assert.deepEqual(arena.copy(ref, 0, content.length), content);
      }
    }),
    { numRuns: 50 },
  );
});

test("allocate() uses freed blocks of the size before new memory", () => {
  const arena = new BlockArena();
  for (const size of [48, 500, 700, 3000, 60_000, 65_536]) {
    const refs = Array.from({ length: 20 }, () => arena.allocate(size));
    const { memoryBytes } = arena;
    for (const ref of refs) arena.free(ref, size);
    const again = refs.map(() => arena.allocate(size));
    assert.deepEqual(new Set(again), new Set(refs));
    assert.equal(arena.memoryBytes, memoryBytes);
  }
});

test("allocate() puts away what is left of a page, for smaller blocks", () => {
  const arena = new BlockArena();
  // Six of them leave 16 KiB of a page.
  for (let count = 0; count < 20 * 6 + 1; count++) arena.allocate(40_000);
  const { memoryBytes } = arena;
  assert.ok(memoryBytes <= 22 * PAGE_BYTES);
  for (let count = 0; count < 30; count++) arena.allocate(16_384);
  assert.equal(arena.memoryBytes, memoryBytes);
});

test("free() gives a block of more than 64 KiB back to the system, and its page is used again", () => {
  const arena = new BlockArena();
  const before = arena.memoryBytes;
  const ref = arena.allocate(2 ** 20);
  assert.equal(arena.memoryBytes, before + 2 ** 20);
  arena.free(ref, 2 ** 20);
  assert.equal(arena.memoryBytes, before);
  assert.equal(arena.allocate(2 ** 18), ref);
});
