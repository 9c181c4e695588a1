import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createWordOffsets, splitWords, wordLimit } from "./words.ts";

/** DESIGN's list, character by character. */
const WHITE_SPACE = [
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005,
  0x2006, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x205f, 0x3000,
].map((codePoint) => Buffer.from(String.fromCodePoint(codePoint)));

/** Near misses: what must not split, whole and cut short. */
const NO_WHITE_SPACE = [0xa0, 0x2007, 0x200b, 0x202f, 0xfeff, 0x00, 0x180e, 0x2060]
  .map((codePoint) => Buffer.from(String.fromCodePoint(codePoint)))
  .concat(
    ["85", "c2", "e2", "e280", "e281", "9f", "e19a", "e380", "80", "ff", "c285"].map((hex) =>
      Buffer.from(hex, "hex"),
    ),
  );

const line = fc
  .array(
    fc.oneof(
      fc.constantFrom(...WHITE_SPACE),
      fc.constantFrom(...NO_WHITE_SPACE),
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom(Buffer.from("GET"), Buffer.from("é")),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => Buffer.concat(pieces));

/** Tries every sequence of the table at every offset. Shares nothing with the code under test. */
function wordsByTable(bytes: Buffer): string[] {
  const words: number[][] = [[]];
  let at = 0;
  while (at < bytes.length) {
    const space = WHITE_SPACE.find((one) => one.equals(bytes.subarray(at, at + one.length)));
    if (space === undefined) words.at(-1)?.push(bytes[at] ?? 0);
    else words.push([]);
    at += space?.length ?? 1;
  }
  return words.filter((word) => word.length > 0).map((word) => Buffer.from(word).toString("hex"));
}

function wordsOf(bytes: Uint8Array, start: number, end: number): string[] {
  const offsets = createWordOffsets();
  const count = splitWords(bytes, start, end, offsets);
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(bytes.subarray(offsets[index * 2], offsets[index * 2 + 1])).toString("hex"),
  );
}

test("splitWords() splits on DESIGN's code points and on nothing else", () => {
  fc.assert(
    fc.property(line, (bytes) => {
      const expected = wordsByTable(bytes).slice(0, wordLimit);
      assert.deepEqual(wordsOf(bytes, 0, bytes.length), expected);
    }),
    { numRuns: 2000 },
  );
});

test("splitWords() looks at nothing before its start and beyond its end", () => {
  fc.assert(
    fc.property(line, line, line, (before, bytes, after) => {
      const whole = Buffer.concat([before, bytes, after]);
      const end = before.length + bytes.length;
      assert.deepEqual(wordsOf(whole, before.length, end), wordsByTable(bytes).slice(0, wordLimit));
    }),
  );
});

test("splitWords() stops at the first word that is too many", () => {
  assert.equal(wordsOf(Buffer.from("a b c d e f g"), 0, 13).length, wordLimit);
});
