import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { parseBytes, showBytes } from "./byte-text.ts";

const cases: readonly [text: string, bytes: Uint8Array][] = [
  ["CREATE a", Buffer.from("CREATE a")],
  ["", Buffer.alloc(0)],
  ["\\r\\n\\t\\s\\\\", Buffer.from("\r\n\t \\")],
  ["\\x00\\xFF\\xff", Buffer.from([0, 255, 255])],
  ["\\u{2003}", Buffer.from("\u2003")],
  ["für", Buffer.from("für")],
  ["a\\{xy*3}b", Buffer.from("axyxyxyb")],
  ["\\{\\xff*2}", Buffer.from([255, 255])],
  ["\\{x*70000}", Buffer.alloc(70_000, "x")],
];

suite("parseBytes()", () => {
  for (const [text, bytes] of cases) {
    test(`reads "${text}"`, () => assert.deepEqual(parseBytes(text), Buffer.from(bytes)));
  }

  test("refuses a backslash that begins no escape", () => {
    for (const text of ["\\", "\\q", "\\x1", "\\u{}", "\\{x}"]) {
      assert.throws(() => parseBytes(text), SyntaxError, text);
    }
  });
});

suite("showBytes()", () => {
  test("shows any bytes so that parseBytes() reads them again", () => {
    const some = fc.oneof(
      fc.uint8Array(),
      fc
        .array(fc.constantFrom(0x20, 0x5c, 0xff, 0x61), { maxLength: 200 })
        .map((bytes) => Buffer.from(bytes)),
      fc.nat({ max: 300 }).map((length) => Buffer.alloc(length, "x")),
    );
    fc.assert(
      fc.property(some, (bytes) => {
        assert.deepEqual(parseBytes(showBytes(bytes)), Buffer.from(bytes));
      }),
    );
  });

  test("shortens long runs", () => {
    assert.equal(showBytes(Buffer.from(`a${"x".repeat(70_000)}b`)), "a\\{x*70000}b");
  });
});
