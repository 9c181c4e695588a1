import assert from "node:assert/strict";
import { test } from "node:test";
import { whiteSpaceLength } from "./white-space.ts";

/** The code points on which a line is split, as the protocol's documentation lists them. */
const SPACES = new Set(
  [
    [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0x1680],
    [0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006],
    [0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x205f, 0x3000],
  ].flat(),
);

test("whiteSpaceLength() is the length of the code point for white space, and 0 for all others", () => {
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
    const bytes = Buffer.from(String.fromCodePoint(codePoint));
    const expected = SPACES.has(codePoint) ? bytes.length : 0;
    if (whiteSpaceLength(bytes, 0, bytes.length) !== expected) {
      assert.fail(`U+${codePoint.toString(16)} should measure ${expected}`);
    }
  }
});

test("whiteSpaceLength() finds nothing inside a character that is not white space", () => {
  for (let codePoint = 0x80; codePoint <= 0x10ffff; codePoint++) {
    if ((codePoint >= 0xd800 && codePoint <= 0xdfff) || SPACES.has(codePoint)) continue;
    const bytes = Buffer.from(String.fromCodePoint(codePoint));
    for (let at = 1; at < bytes.length; at++) {
      if (whiteSpaceLength(bytes, at, bytes.length) > 0) {
        assert.fail(`U+${codePoint.toString(16)} holds white space at byte ${at}`);
      }
    }
  }
});

test("whiteSpaceLength() takes lone and cut bytes for ordinary ones", () => {
  for (const bytes of [[0x85], [0xc2], [0xe2, 0x80], [0xe1, 0x9a], [0xe3, 0x80], [0xe2], [0xff]]) {
    assert.equal(whiteSpaceLength(Uint8Array.from(bytes), 0, bytes.length), 0);
  }
  assert.equal(whiteSpaceLength(Uint8Array.of(0xe2, 0x80, 0xa8), 0, 2), 0);
});
