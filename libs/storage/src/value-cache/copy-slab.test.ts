import assert from "node:assert/strict";
import { test } from "node:test";
import { CopySlab } from "./copy-slab.ts";

test("every copy is right, and is nobody else's", () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
  const words = new Uint32Array(bytes.buffer);
  const slab = new CopySlab();
  const copies: Uint8Array[] = [];
  for (const length of [0, 1, 3, 4, 5, 64, 127, 128, 129, 1000, 8192, 8193, 10_000]) {
    for (const start of [0, 4, 9996]) {
      // Enough of each to need more than one slab of the larger ones.
      for (let round = 0; round < 10; round++) {
        const copy = slab.copy(bytes, words, start, length);
        assert.deepEqual(copy, bytes.slice(start, start + length));
        copies.push(copy);
      }
    }
  }
  for (const [index, copy] of copies.entries()) copy.fill(index & 0xff);
  for (const [index, copy] of copies.entries()) {
    assert.ok(copy.every((byte) => byte === (index & 0xff)));
  }
  assert.equal(bytes[9999], 9999 % 251);
});
