import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readInlineWords } from "./inline-words.ts";
import { Words } from "./words.ts";

function split(line: string): readonly string[] | undefined {
  const words = new Words();
  if (!readInlineWords(Buffer.from(line, "latin1"), words)) return undefined;
  return Array.from({ length: words.count }, (_, index) => words.text(index));
}

const lines: readonly (readonly [line: string, words: readonly string[] | undefined])[] = [
  ["", []],
  [" \t \v\f ", []],
  ["PING", ["PING"]],
  ["  a\tb   c ", ["a", "b", "c"]],
  ["a\vb\fc", ["a\vb\fc"]],
  ["a \vb", ["a", "b"]],
  ['"a b" c', ["a b", "c"]],
  ['""', [""]],
  ["'' \"\"", ["", ""]],
  ['a"b c"', ["ab c"]],
  ['a""', ["a"]],
  ['"a"b', undefined],
  ['"a""b"', undefined],
  ['"a', undefined],
  ["'a", undefined],
  ['"a\\"', undefined],
  ['"a\\', undefined],
  ["'a\\'", undefined],
  [String.raw`"\x41\x6A\n\r\t\b\a\"\\\q"`, ['Aj\n\r\t\b\x07"\\q']],
  [String.raw`"\xff\xFF"`, ["\xff\xff"]],
  [String.raw`"\x4" "\xzz" "\x"`, ["x4", "xzz", "x"]],
  [String.raw`'a\'b' 'a\nb' 'a\\b'`, ["a'b", String.raw`a\nb`, String.raw`a\\b`]],
  [String.raw`'a\\'`, undefined],
  [String.raw`a\nb`, [String.raw`a\nb`]],
  ["a'b", undefined],
  ["a\0b", ["a"]],
  ['"a\0"', undefined],
  ["caf\xe9 \xff", ["caf\xe9", "\xff"]],
];

for (const [line, words] of lines) {
  test(`readInlineWords() splits ${JSON.stringify(line)}`, () => {
    assert.deepEqual(split(line), words);
  });
}

test("readInlineWords() gives back any bytes that were written in double quotes", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (words) => {
      const quoted = words.map((bytes) => {
        const hex = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`);
        return `"${hex.join("")}"`;
      });
      const expected = words.map((bytes) => Buffer.from(bytes).toString("latin1"));
      assert.deepEqual(split(quoted.join(" ")), expected);
    }),
  );
});

test("readInlineWords() takes any line without more words than it has bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...Array.from(" '\"\\xa0\t\0")) }), (line) => {
      const words = split(line) ?? [];
      assert.ok(words.join("").length <= line.length);
    }),
  );
});
