import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RespReader } from "./resp-reader.ts";
import { showReply } from "./resp-value.ts";

const whole: readonly (readonly [bytes: string, text: string])[] = [
  ["+OK\r\n", "+OK"],
  ["-ERR no\r\n", "-ERR no"],
  [":-1\r\n", ":-1"],
  ["$3\r\na\r\n\r\n", '"a\\r\\n"'],
  ["$0\r\n\r\n", '""'],
  ["$-1\r\n", "$-1"],
  ["*-1\r\n", "*-1"],
  ["_\r\n", "_"],
  ["*0\r\n", "[]"],
  ["*2\r\n:1\r\n*1\r\n+a\r\n", "[:1, [+a]]"],
  ["%1\r\n$1\r\nk\r\n~1\r\n#t\r\n", '%{"k": ~[#t]}'],
  [">1\r\n,1.5\r\n", ">[,1.5]"],
  ["(123456789012345678901\r\n", "(123456789012345678901"],
  ["=5\r\ntxt:a\r\n", '="txt:a"'],
  ["!3\r\nERR\r\n", '!"ERR"'],
  ["|1\r\n+a\r\n+b\r\n", "|{+a: +b}"],
];

function read(chunks: readonly Buffer[]): readonly string[] {
  const reader = new RespReader();
  const texts: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let reply = reader.next(); reply !== undefined; reply = reader.next()) {
      texts.push(showReply(reply));
    }
  }
  assert.equal(reader.rest.length, 0);
  return texts;
}

suite("RespReader", () => {
  const stream = Buffer.from(whole.map(([bytes]) => bytes).join(""));
  const texts = whole.map(([, text]) => text);

  test("reads every type", () => {
    assert.deepEqual(read([stream]), texts);
  });

  test("reads the same whatever the cut", () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      assert.deepEqual(read([stream.subarray(0, cut), stream.subarray(cut)]), texts);
    }
    assert.deepEqual(read(Array.from(stream, (byte) => Buffer.of(byte))), texts);
  });

  for (const bytes of [
    "OK\r\n",
    ":x\r\n",
    "$3\r\nabcd\r\n",
    "*x\r\n",
    "$-2\r\n",
    "_x\r\n",
    "\r\n",
  ]) {
    test(`refuses ${JSON.stringify(bytes)}`, () => {
      const reader = new RespReader();
      reader.push(Buffer.from(bytes));
      assert.throws(() => reader.next(), SyntaxError);
    });
  }
});
