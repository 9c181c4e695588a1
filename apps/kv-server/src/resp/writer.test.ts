import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OutputBuffer } from "../output-buffer.ts";
import {
  appendArray,
  appendBulk,
  appendError,
  appendInteger,
  appendMap,
  appendNull,
  appendSet,
  appendSimple,
  appendText,
  appendVerbatim,
} from "./writer.ts";

function written(append: (output: OutputBuffer) => void): string {
  const output = new OutputBuffer();
  append(output);
  return Buffer.from(output.view()).toString("latin1");
}

const forms: readonly (readonly [bytes: string, append: (output: OutputBuffer) => void])[] = [
  ["+OK\r\n", (output) => appendSimple(output, "OK")],
  ["-ERR a  b\r\n", (output) => appendError(output, "ERR a\r\nb")],
  ["-ERR \xff\r\n", (output) => appendError(output, "ERR \xff")],
  ["$3\r\na\r\0\r\n", (output) => appendBulk(output, Buffer.from("a\r\0"))],
  ["$0\r\n\r\n", (output) => appendText(output, "")],
  ["$2\r\n\xc3\xa9\r\n", (output) => appendText(output, "é")],
  ["$-1\r\n", (output) => appendNull(output, 2)],
  ["_\r\n", (output) => appendNull(output, 3)],
  ["*0\r\n", (output) => appendArray(output, 0)],
  ["*4\r\n", (output) => appendMap(output, 2, 2)],
  ["%2\r\n", (output) => appendMap(output, 2, 3)],
  ["*2\r\n", (output) => appendSet(output, 2, 2)],
  ["~2\r\n", (output) => appendSet(output, 2, 3)],
  ["$1\r\na\r\n", (output) => appendVerbatim(output, "a", 2)],
  ["=5\r\ntxt:a\r\n", (output) => appendVerbatim(output, "a", 3)],
];

for (const [bytes, append] of forms) {
  test(`writes ${JSON.stringify(bytes)}`, () => assert.equal(written(append), bytes));
}

test("appendInteger() writes any whole number as text would have it", () => {
  const numbers = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.maxSafeInteger(),
    fc.nat(),
    fc.constantFrom(0, 9, 10, 99, 100, 999_999_999, 1_000_000_000, -1),
  );
  fc.assert(
    fc.property(numbers, (value) => {
      assert.equal(
        written((output) => appendInteger(output, value)),
        `:${value}\r\n`,
      );
    }),
  );
});

test("appendArray() writes where its output has to grow", () => {
  const output = new OutputBuffer();
  for (let n = 0; n < 20_000; n++) appendArray(output, n);
  const expected = Array.from({ length: 20_000 }, (_, n) => `*${n}\r\n`).join("");
  assert.equal(Buffer.from(output.view()).toString(), expected);
});
