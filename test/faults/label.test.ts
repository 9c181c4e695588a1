import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { labelOf, valueOf } from "./label.ts";

suite("labelOf()", () => {
  test("finds the label of every value", () => {
    for (const bytes of [0, 1, 8, 9, 10, 4_000, 32_768]) {
      const label = `w0.c1.s7.${bytes}`;
      assert.equal(labelOf(valueOf(label)), label);
      assert.equal(valueOf(label).length, Math.max(bytes, label.length + 1));
    }
  });

  test("leaves a value alone of which any byte is another one, or that was cut", () => {
    const value = valueOf("w0.c1.s7.40");
    for (let at = 0; at < value.length; at++) {
      const changed = `${value.slice(0, at)}#${value.slice(at + 1)}`;
      assert.equal(labelOf(changed), changed);
      assert.equal(labelOf(value.slice(0, at)), value.slice(0, at));
    }
  });
});
