import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OutputBuffer } from "./output-buffer.ts";

test("OutputBuffer holds what was appended, in order", () => {
  const piece = fc.uint8Array({ maxLength: 40_000, size: "max" });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const output = new OutputBuffer();
      for (const bytes of pieces) output.append(bytes);
      assert.deepEqual(output.copy(), Buffer.concat(pieces));
      assert.equal(output.length, output.view().length);
    }),
    { numRuns: 30 },
  );
});

test("OutputBuffer.clear() lets the memory be written to again, giveAway() does not", () => {
  const output = new OutputBuffer();
  output.append(Buffer.from("one"));
  const cleared = output.view();
  output.clear();
  output.append(Buffer.from("two"));
  assert.equal(Buffer.from(cleared).toString(), "two");
  const given = output.view();
  output.giveAway();
  output.append(Buffer.from("three"));
  assert.equal(Buffer.from(given).toString(), "two");
  assert.equal(Buffer.from(output.view()).toString(), "three");
});

test("OutputBuffer does not keep the memory of a very large reply", () => {
  const output = new OutputBuffer();
  output.append(Buffer.alloc(4 * 1024 * 1024));
  output.clear();
  output.append(Buffer.from("x"));
  assert.ok(output.view().buffer.byteLength <= 64 * 1024);
});
