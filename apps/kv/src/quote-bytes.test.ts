import assert from "node:assert/strict";
import { test } from "node:test";
import { quoteBytes } from "./quote-bytes.ts";

const cases: readonly [bytes: string | Uint8Array, quoted: string][] = [
  ["Shopping", '"Shopping"'],
  ["größe", '"größe"'],
  ['say "hi"\\', String.raw`"say \x22hi\x22\x5c"`],
  ["a\0b\u001b[31m", String.raw`"a\x00b\x1b[31m"`],
  ["a\u202eb", String.raw`"a\xe2\x80\xaeb"`],
  ["\u0085", String.raw`"\xc2\x85"`],
  [Uint8Array.of(0x61, 0xff, 0x22), String.raw`"a\xff\x22"`],
  ["", '""'],
];

for (const [bytes, quoted] of cases) {
  test(`quoteBytes() writes ${quoted}`, () => {
    assert.equal(quoteBytes(typeof bytes === "string" ? Buffer.from(bytes) : bytes), quoted);
  });
}
