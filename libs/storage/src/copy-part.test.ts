import assert from "node:assert/strict";
import { test } from "node:test";
import { copyPart } from "./copy-part.ts";

test("copyPart() copies so many bytes, wherever they lie, and touches no others", () => {
  const source = Uint8Array.from({ length: 700 }, (_, index) => (index * 7 + 1) % 256);
  for (let length = 0; length <= 300; length++) {
    const [start, at] = [length % 11, length % 13];
    const target = new Uint8Array(400).fill(255);
    copyPart(
      new DataView(source.buffer, 5),
      start,
      start + length,
      new DataView(target.buffer, 3),
      at,
    );
    const expected = new Uint8Array(400).fill(255);
    expected.set(source.subarray(5 + start, 5 + start + length), 3 + at);
    assert.deepEqual(target, expected, `${length} bytes`);
  }
});
