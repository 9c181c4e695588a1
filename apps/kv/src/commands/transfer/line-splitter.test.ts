import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exportLineLimitBytes, LineSplitter } from "./line-splitter.ts";

test("LineSplitter gives the same lines however the bytes are cut", () => {
  const property = fc.property(
    fc.array(fc.string({ unit: fc.constantFrom("a", "ä", "\n"), maxLength: 8 })),
    (pieces) => {
      const splitter = new LineSplitter();
      const lines: string[] = [];
      for (const piece of pieces) {
        for (const line of splitter.push(Buffer.from(piece)))
          lines.push(Buffer.from(line).toString());
      }
      const whole = pieces.join("");
      assert.equal(lines.join("") + Buffer.from(splitter.rest()).toString(), whole);
      assert.equal(lines.length, whole.split("\n").length - 1);
      assert.ok(lines.every((line) => line.indexOf("\n") === line.length - 1));
    },
  );
  fc.assert(property);
});

test("LineSplitter refuses a line that is too long, without waiting for its end", () => {
  const splitter = new LineSplitter();
  const piece = new Uint8Array(exportLineLimitBytes / 2 + 1);
  assert.deepEqual([...splitter.push(piece)], []);
  assert.throws(() => [...splitter.push(piece)], RangeError);
});
