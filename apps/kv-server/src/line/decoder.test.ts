import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pieceOf } from "../piece.ts";
import type { RequestLimits } from "../protocol.ts";
import type { Request } from "../request.ts";
import { LineDecoder } from "./decoder.ts";

const roomy: RequestLimits = { lineLimitBytes: 4096, keyLimitBytes: 512, valueLimitBytes: 512 };
const narrow: RequestLimits = { lineLimitBytes: 40, keyLimitBytes: 5, valueLimitBytes: 7 };

/** A request in one line of text, one character for a byte. */
function show(request: Request): string {
  const { type } = request;
  if (type === "create") return `create ${text(request.bucket)}`;
  if (type === "get") return `get ${text(request.bucket)} ${text(request.key)}`;
  if (type === "delete") {
    return `delete ${text(request.bucket)} ${request.keys.map(text).join()}`;
  }
  if (type === "put") {
    const fields = request.fields.map(({ key, value }) => `${text(key)}=${text(value)}`);
    return `put ${text(request.bucket)} ${fields.join()}`;
  }
  if (type === "authenticate") {
    return `authenticate ${text(request.name)} ${text(request.password)}`;
  }
  return type === "too-long" ? `too-long ${request.part} ${request.limitBytes}` : type;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

/** What a decoder makes of `bytes`, which come in `pieces` in one read buffer, with what is none of theirs behind them. */
function decode(bytes: Uint8Array, limits: RequestLimits, pieces = [bytes.length]): string[] {
  const decoder = new LineDecoder(limits);
  const seen: string[] = [];
  const readBuffer = new Uint8Array(bytes.length + 80).fill(0x0a);
  let start = 0;
  for (const length of pieces) {
    const piece = readBuffer.subarray(0, Math.min(length, bytes.length - start));
    piece.set(bytes.subarray(start, start + piece.length));
    start += piece.length;
    decoder.feed({ ...pieceOf(readBuffer), end: piece.length });
    for (let next = decoder.next(); next !== undefined; next = decoder.next())
      seen.push(show(next));
    decoder.keep();
    readBuffer.fill(0x0a);
  }
  return seen;
}

const lines: readonly [input: string, ...expected: string[]][] = [
  ["CREATE shopping\r\n", "create shopping"],
  ["CREATE shopping\n", "create shopping"],
  [" \t CREATE \u000b shopping \r\r\n", "create shopping"],
  ["PUT shopping milk 1\r\n", "put shopping milk=1"],
  ["GET shopping milk\r\n", "get shopping milk"],
  ["DELETE shopping eggs\r\n", "delete shopping eggs"],
  ["AUTH alice secret\r\n", "authenticate alice secret"],
  ["GET a \0\r\n", "get a \0"],
  ["GET \xff\xfe \xc3\r\n", "get \xff\xfe \xc3"],
  ["GET a\xc2\x85k\r\n", "get a k"],
  ["GET a k\xe2\x80\n", "get a k\xe2\x80"],
  ["\r\n", "unknown-command"],
  ["\n", "unknown-command"],
  ["CREATE\r\n", "unknown-command"],
  ["CREATE a b\r\n", "unknown-command"],
  ["GET a\r\n", "unknown-command"],
  ["GET a b c\r\n", "unknown-command"],
  ["PUT a b\r\n", "unknown-command"],
  ["PUT a b c d\r\n", "unknown-command"],
  ["DELETE a\r\n", "unknown-command"],
  ["AUTH alice\r\n", "unknown-command"],
  ["create a\r\n", "unknown-command"],
  ["Get a k\r\n", "unknown-command"],
  ["UNKNOWN shopping\r\n", "unknown-command"],
  ["HELLO\r\n", "unknown-command"],
  ["NOPE\r\n", "unknown-command"],
  ["GETS a k\r\n", "unknown-command"],
  ["toString a k\r\n", "unknown-command"],
  ["GET a k\r\nGET a l\nGET a", "get a k", "get a l"],
  ["GET / HTTP/1.1\r\n", "foreign-protocol"],
  ["GET a k\r\nGET / HTTP/1.1\r\n", "get a k", "get / HTTP/1.1"],
];

for (const [input, ...expected] of lines) {
  test(`LineDecoder reads ${JSON.stringify(input)}`, () => {
    assert.deepEqual(decode(Buffer.from(input, "latin1"), roomy), expected);
  });
}

const overLimits: readonly [input: string, ...expected: string[]][] = [
  [`GET a ${"k".repeat(5)}\r\n`, "get a kkkkk"],
  [`GET a ${"k".repeat(6)}\r\nGET a k\r\n`, "too-long key 5", "get a k"],
  [`DELETE a ${"k".repeat(6)}\r\n`, "too-long key 5"],
  [`PUT a k ${"v".repeat(7)}\r\n`, "put a k=vvvvvvv"],
  [`PUT a k ${"v".repeat(8)}\r\nGET a k\r\n`, "too-long value 7", "get a k"],
  [`${"x".repeat(40)}\n`, "unknown-command"],
  [`${"x".repeat(41)}\nGET a k\n`, "too-long line 40", "get a k"],
  ["x".repeat(41), "too-long line 40"],
  [`${"x".repeat(400)}\n\n`, "too-long line 40", "unknown-command"],
  [`PUT a k ${"v".repeat(400)}`, "too-long line 40"],
  [`GET /${"x".repeat(400)} HTTP/1.1\r\n`, "foreign-protocol"],
  [`GET /${"x".repeat(29)} HTTP/1.1\r\n`, "foreign-protocol"],
  [`GET a k\nGET /${"x".repeat(400)} HTTP/1.1\r\n`, "get a k", "too-long line 40"],
];

for (const [input, ...expected] of overLimits) {
  test(`LineDecoder keeps its limits in ${JSON.stringify(input.slice(0, 60))}`, () => {
    assert.deepEqual(decode(Buffer.from(input, "latin1"), narrow), expected);
  });
}

test("LineDecoder names the limit of a bucket name", () => {
  const limits = { ...roomy, keyLimitBytes: 1 };
  for (const [name, expected] of [
    ["b".repeat(255), `create ${"b".repeat(255)}`],
    ["b".repeat(256), "too-long bucket name 255"],
  ]) {
    assert.deepEqual(decode(Buffer.from(`CREATE ${name}\r\n`), limits), [expected]);
  }
  const both = Buffer.from(`GET ${"b".repeat(256)} kk\r\n`);
  assert.deepEqual(decode(both, limits), ["too-long bucket name 255"]);
});

const stream = fc
  .array(
    fc.oneof(
      fc.constantFrom(...lines.map(([input]) => input), ...overLimits.map(([input]) => input)),
      fc.constantFrom("\n", "\r\n", " ", "\xe2\x80\x83", "GET a k\n", "x".repeat(50)),
      fc.string({ unit: "binary-ascii" }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => Buffer.from(pieces.join(""), "latin1"));

const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });

test("LineDecoder makes the same requests of the same bytes however they are cut", () => {
  fc.assert(
    fc.property(stream, cuts, fc.constantFrom(roomy, narrow), (bytes, pieces, limits) => {
      const cut = decode(bytes, limits, [...pieces, bytes.length]);
      assert.deepEqual(cut, decode(bytes, limits));
    }),
    { numRuns: 2000 },
  );
});

test("LineDecoder keeps no more than a line within the limit, whatever comes", () => {
  const readBuffer = new Uint8Array(64);
  fc.assert(
    fc.property(stream, cuts, (bytes, pieces) => {
      const decoder = new LineDecoder(narrow);
      let start = 0;
      for (const length of [...pieces, ...bytes.map(() => 64)]) {
        const piece = readBuffer.subarray(0, Math.min(length, bytes.length - start));
        piece.set(bytes.subarray(start, start + piece.length));
        start += piece.length;
        decoder.feed(pieceOf(piece));
        while (decoder.next() !== undefined);
        assert.ok(decoder.keep() <= narrow.lineLimitBytes);
      }
    }),
    { numRuns: 500 },
  );
});

test("LineDecoder makes the same requests of the same bytes one by one", () => {
  for (const [input] of [...lines, ...overLimits]) {
    const bytes = Buffer.from(input, "latin1");
    const single = bytes.map(() => 1);
    assert.deepEqual(decode(bytes, narrow, [...single]), decode(bytes, narrow));
  }
});

test("LineDecoder reports a line as soon as it is over the limit", () => {
  const decoder = new LineDecoder(narrow);
  decoder.feed(pieceOf(Buffer.alloc(40, "x")));
  assert.equal(decoder.next(), undefined);
  decoder.feed(pieceOf(Buffer.from("x")));
  assert.deepEqual(decoder.next(), { type: "too-long", part: "line", limitBytes: 40 });
  decoder.feed(pieceOf(Buffer.alloc(1000, "x")));
  assert.equal(decoder.next(), undefined);
});

test("LineDecoder goes on in the middle of a chunk that it was told to keep", () => {
  const decoder = new LineDecoder(roomy);
  const chunk = Buffer.from("GET a 1\nGET a 2\nGET a");
  decoder.feed(pieceOf(chunk));
  const seen = [decoder.next()].map((request) => request && show(request));
  decoder.keep();
  chunk.fill(0);
  decoder.feed(pieceOf(Buffer.from(" 3\n")));
  for (let next = decoder.next(); next !== undefined; next = decoder.next()) seen.push(show(next));
  assert.deepEqual(seen, ["get a 1", "get a 2", "get a 3"]);
});

test("LineDecoder does work in proportion to a line that comes in very many pieces", () => {
  const value = Buffer.alloc(16 * 1024 * 1024, "v");
  const line = Buffer.concat([Buffer.from("PUT a k "), value, Buffer.from("\n")]);
  const limits = { lineLimitBytes: line.length, keyLimitBytes: 1, valueLimitBytes: line.length };
  const decoder = new LineDecoder(limits);
  // Copying, or searching, all that came before with every piece would take hours.
  for (let start = 0; start < line.length; start += 64) {
    assert.equal(decoder.next(), undefined);
    decoder.feed(pieceOf(line.subarray(start, start + 64)));
    decoder.keep();
  }
  const request = decoder.next();
  assert.equal(request?.type, "put");
  assert.deepEqual(request.type === "put" && request.fields[0]?.value.length, value.length);
});
