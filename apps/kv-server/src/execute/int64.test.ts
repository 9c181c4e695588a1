import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseInt64 } from "./int64.ts";

test("parseInt64() reads every whole number of 64 bits, as it is written", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      assert.equal(parseInt64(Buffer.from(String(value))), value);
    }),
  );
});

test("parseInt64() reads whole numbers up to both ends", () => {
  for (const [text, value] of [
    ["0", 0n],
    ["7", 7n],
    ["-12", -12n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
  ] as const) {
    assert.equal(parseInt64(Buffer.from(text)), value);
  }
});

test("parseInt64() reads nothing that is written otherwise, or beyond 64 bits", () => {
  const others = [
    "",
    "-",
    "+1",
    "01",
    "-0",
    "-01",
    " 1",
    "1 ",
    "1\n",
    "1.0",
    "1e3",
    "0x1",
    "x",
    "a",
    "١",
  ];
  const beyond = ["9223372036854775808", "-9223372036854775809", "1".repeat(30), "9".repeat(100)];
  for (const text of [...others, ...beyond]) {
    assert.equal(parseInt64(Buffer.from(text)), undefined, text);
  }
  assert.equal(parseInt64(Uint8Array.of(0xb2)), undefined, "a digit of Latin-1");
});
