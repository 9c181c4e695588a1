import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInteger } from "./integers.ts";

test("parseInteger() reads whole numbers of 64 bits in their one decimal form", () => {
  for (const [text, value] of [
    ["0", 0n],
    ["7", 7n],
    ["-12", -12n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
  ] as const) {
    assert.equal(parseInteger(Buffer.from(text)), value);
  }
});

test("parseInteger() reads nothing else", () => {
  const short = [
    "",
    "-",
    "+1",
    "01",
    "-0",
    "-01",
    " 1",
    "1 ",
    "1.0",
    "1e3",
    "0x1",
    "a",
    "1\n",
    "\xb2",
  ];
  const long = ["9223372036854775808", "-9223372036854775809", "9".repeat(100)];
  for (const text of [...short, ...long]) {
    assert.equal(parseInteger(Buffer.from(text, "latin1")), undefined, text);
  }
});
