import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { pieceOf } from "../piece.ts";
import { Input } from "../input.ts";
import { type Audience, wordCountLimit } from "./word-limits.ts";
import { WordReader } from "./word-reader.ts";

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;

const limits = {
  keyLimitBytes: 512,
  valueLimitBytes: 20 * kibibyte,
  requestLimitBytes: 64 * kibibyte,
};
const friend: Audience = { limits, isAdmitted: () => true };
const stranger: Audience = { limits, isAdmitted: () => false };

interface Held {
  /** The most that was kept between two pieces. */
  readonly keptBytes: number;
  readonly readings: readonly string[];
}

/** What a reader makes of `bytes`, which come in `pieces` in one read buffer, with what is none of theirs behind them. */
function readAll(bytes: Uint8Array, audience: Audience, pieces = [bytes.length]): Held {
  const input = new Input();
  const reader = new WordReader(input, audience);
  const readings: string[] = [];
  const readBuffer = new Uint8Array(bytes.length + 80).fill(0x2a);
  let keptBytes = 0;
  let start = 0;
  for (const length of pieces) {
    const piece = readBuffer.subarray(0, Math.min(length, bytes.length - start));
    piece.set(bytes.subarray(start, start + piece.length));
    start += piece.length;
    input.lend({ ...pieceOf(readBuffer), end: piece.length });
    for (;;) {
      const reading = reader.read();
      if (reading.type === "starved") break;
      readings.push(show(reader, reading));
      if (reading.type === "broken" || reading.type === "foreign") return { keptBytes, readings };
    }
    reader.words.release();
    input.keep();
    keptBytes = Math.max(keptBytes, input.bytes.buffer.byteLength + reader.words.ownBytes);
    readBuffer.fill(0x2a);
  }
  return { keptBytes, readings };
}

function show({ words }: WordReader, reading: ReturnType<WordReader["read"]>): string {
  switch (reading.type) {
    case "whole":
      return Array.from({ length: words.count }, (_, index) => words.text(index)).join("|");
    case "too-long":
      return `too-long ${reading.part} ${reading.limitBytes}`;
    case "broken":
      return `broken ${reading.reason}`;
    case "starved":
    case "foreign":
      return reading.type;
    default:
      return reading satisfies never;
  }
}

function read(text: string, audience = friend, pieces?: number[]): readonly string[] {
  return readAll(Buffer.from(text, "latin1"), audience, pieces).readings;
}

function request(...words: readonly string[]): string {
  return [`*${words.length}\r\n`, ...words.map((word) => `$${word.length}\r\n${word}\r\n`)].join(
    "",
  );
}

const badCount = "broken invalid multibulk length";
const badLength = "broken invalid bulk length";
const badEnd = "broken expected CR LF behind the bulk string";
const badQuotes = "broken unbalanced quotes in request";

const cases: readonly (readonly [input: string, ...expected: string[]])[] = [
  [request("PING"), "PING"],
  [request("SET", "", "a\r\nb\0\xff"), "SET||a\r\nb\0\xff"],
  [request("a") + request("b", "c") + "*1\r\n$1\r\n", "a", "b|c"],
  [`*0\r\n*-1\r\n*-12\r\n${request("a")}`, "a"],
  [request(""), ""],
  ["\r\n\n  \r\nPING\r\n", "PING"],
  ["PING\n", "PING"],
  ["*1\r\n$4\r\nPING\r\nPING\r\n*1\r\n$4\r\nPING\r\n", "PING", "PING", "PING"],
  ["*\r\n", badCount],
  ["*x", badCount],
  ["*1x\r\n", badCount],
  ["*01\r\n", badCount],
  ["*+1\r\n", badCount],
  ["*-0\r\n", badCount],
  ["*-\r\n", badCount],
  ["* 1\r\n", badCount],
  ["*1 \r\n", badCount],
  ["*1\n", badCount],
  ["*1\rx", badCount],
  ["*2147483648\r\n", badCount],
  [`*${wordCountLimit + 1}\r\n`, badCount],
  ["*99999999999999999999\r\n", badCount],
  [`*-${"9".repeat(19)}`, badCount],
  [`*${"1".repeat(100)}`, badCount],
  ["*1\r\nX", "broken expected '$', got 'X'"],
  ["*1\r\n:4\r\n", "broken expected '$', got ':'"],
  ["*1\r\n*1\r\n$1\r\na\r\n", "broken expected '$', got '*'"],
  ["*1\r\n".repeat(5000), "broken expected '$', got '*'"],
  ["*1\r\n\r\n", "broken expected '$', got '\r'"],
  ["*1\r\n$\r\n", badLength],
  ["*1\r\n$-1\r\n", badLength],
  ["*1\r\n$x", badLength],
  ["*1\r\n$04\r\nPING\r\n", badLength],
  ["*1\r\n$536870913\r\n", badLength],
  ["*1\r\n$99999999999999999999\r\n", badLength],
  ["*1\r\n$4\r\nPINGxx", badEnd],
  ["*1\r\n$4\r\nPING\rx", badEnd],
  ['PING "a\r\n', badQuotes],
  ["PING 'a'b\r\n", badQuotes],
  ["GET / HTTP/1.1\r\nPING\r\n", "foreign"],
  ["PING\r\nGET / HTTP/1.1\r\n", "PING", "GET|/|HTTP/1.1"],
  [`${request("a")}GET / HTTP/1.1\r\n`, "a", "GET|/|HTTP/1.1"],
  [`${"x".repeat(64 * kibibyte)}\r\n`, "broken too big inline request"],
  ["x".repeat(64 * kibibyte + 1), "broken too big inline request"],
  [`${"x".repeat(64 * kibibyte - 1)}\r\nb\r\n`, "x".repeat(64 * kibibyte - 1), "b"],
  [request("SET", "v".repeat(20 * kibibyte)), `SET|${"v".repeat(20 * kibibyte)}`],
  [request("SET", "v".repeat(20 * kibibyte + 1), "x") + request("b"), "too-long value 20480", "b"],
  ["*3\r\n$1\r\na\r\n$536870912\r\n", "too-long value 20480"],
  ["*3\r\n$1\r\na\r\n$30000\r\nxxx", "too-long value 20480"],
  [`${request("a", "v".repeat(30_000)).slice(0, -2)}xx`, "too-long value 20480", badEnd],
  [
    `*3\r\n$1\r\na\r\n$30000\r\n${"v".repeat(30_000)}\r\n!`,
    "too-long value 20480",
    "broken expected '$', got '!'",
  ],
  [
    `*3\r\n$1\r\na\r\n$30000\r\n${"v".repeat(30_000)}\r\n$-2\r\n`,
    "too-long value 20480",
    badLength,
  ],
  [
    request("HSET", "a", ...Array.from({ length: 5 }, () => "v".repeat(15_000))) + request("b"),
    "too-long request 65536",
    "b",
  ],
];

const fromStrangers: readonly (readonly [input: string, ...expected: string[]])[] = [
  ["*11\r\n", "broken unauthenticated multibulk length"],
  [request(..."a b c d e f g h i j".split(" ")), "a|b|c|d|e|f|g|h|i|j"],
  ["*2\r\n$1\r\na\r\n$16385\r\n", "broken unauthenticated bulk length"],
  [request("a", "b".repeat(16_384)), `a|${"b".repeat(16_384)}`],
  ["*2\r\n$1\r\na\r\n$99999999\r\n", "broken unauthenticated bulk length"],
];

suite("WordReader", () => {
  for (const [input, ...expected] of cases) {
    test(`reads ${JSON.stringify(input.slice(0, 60))}`, () => {
      assert.deepEqual(read(input), expected);
    });
  }

  for (const [input, ...expected] of fromStrangers) {
    test(`reads ${JSON.stringify(input.slice(0, 60))} from a client that has not logged in`, () => {
      assert.deepEqual(read(input, stranger), expected);
    });
  }

  test("reads the same when its input comes byte by byte", () => {
    for (const [input, ...expected] of [...cases, ...fromStrangers].filter(isShort)) {
      const audience = fromStrangers.some(([other]) => other === input) ? stranger : friend;
      assert.deepEqual(
        read(
          input,
          audience,
          Array.from(input, () => 1),
        ),
        expected,
      );
    }
  });

  test("reads the same wherever its input is cut in two", () => {
    const valid = cases.filter(isShort).filter(([, first]) => first?.startsWith("broken") !== true);
    for (const [input, ...expected] of valid) {
      for (let cut = 0; cut <= input.length; cut++) {
        assert.deepEqual(read(input, friend, [cut, input.length - cut]), expected);
      }
    }
  });

  test("reads any requests, cut anywhere, as they were written", () => {
    const word = fc.oneof(
      fc.string({ unit: "binary-ascii" }),
      fc.constantFrom("\r\n", "*1\r\n", "$1"),
    );
    const stream = fc.array(fc.array(word, { minLength: 1, maxLength: 8 }), { maxLength: 8 });
    fc.assert(
      fc.property(stream, cuts, (requests, pieces) => {
        const text = requests.map((words) => request(...words)).join("");
        const expected = requests.map((words) => words.join("|"));
        assert.deepEqual(read(text, friend, [...pieces, text.length]), expected);
      }),
      { numRuns: 1000 },
    );
  });

  test("reads the same of damaged requests however they are cut, and keeps little of them", () => {
    fc.assert(
      fc.property(damagedStream, cuts, fc.constantFrom(friend, stranger), (bytes, pieces, who) => {
        const whole = readAll(bytes, who);
        const cut = readAll(bytes, who, [...pieces, bytes.length]);
        assert.deepEqual(cut.readings, whole.readings);
        assert.ok(cut.keptBytes <= 5 * bytes.length + 256);
      }),
      { numRuns: 3000 },
    );
  });
});

const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 });

/** Pieces of the grammar, right and wrong, with a few bytes changed. */
const damagedStream = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.constantFrom(...cases.map(([input]) => input).filter((input) => input.length < 300)),
        fc
          .array(fc.string({ unit: "binary-ascii" }), { minLength: 1 })
          .map((words) => request(...words)),
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((length) => `*2\r\n$${length}\r\n`),
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map((count) => `*${count}\r\n`),
        fc.string({ unit: "binary-ascii" }).map((line) => `${line}\r\n`),
      ),
      { maxLength: 8 },
    ),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
  )
  .map(([pieces, changes]) => {
    const bytes = Buffer.from(pieces.join(""), "latin1");
    for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });

function isShort([input]: readonly [string, ...string[]]): boolean {
  return input.length < 300;
}

suite("WordReader holds", () => {
  test("nothing for the length of what has not come", () => {
    const roomy = {
      ...limits,
      valueLimitBytes: 512 * mebibyte,
      requestLimitBytes: 1024 * mebibyte,
    };
    const input = new Input();
    const reader = new WordReader(input, { limits: roomy, isAdmitted: () => true });
    input.lend(pieceOf(Buffer.from(`*${wordCountLimit}\r\n$4\r\nHSET\r\n$536870912\r\nabc`)));
    assert.equal(reader.read().type, "starved");
    input.keep();
    assert.ok(input.bytes.buffer.byteLength + reader.words.ownBytes < kibibyte);
  });

  test("at most twice what has come of a value that comes in very many pieces, at little cost", () => {
    const length = 16 * mebibyte;
    const roomy = { ...limits, valueLimitBytes: length, requestLimitBytes: 2 * length };
    const input = new Input();
    const reader = new WordReader(input, { limits: roomy, isAdmitted: () => true });
    input.lend(pieceOf(Buffer.from(`*2\r\n$4\r\nECHO\r\n$${length}\r\n`)));
    const piece = Buffer.alloc(1000, "v");
    let sent = 0;
    // Copying all that came before with every piece would take minutes.
    while (sent < length) {
      assert.equal(reader.read().type, "starved");
      input.keep();
      assert.ok(input.bytes.buffer.byteLength <= 2 * sent + 4 * kibibyte);
      const next = piece.subarray(0, Math.min(piece.length, length - sent));
      input.lend(pieceOf(next));
      sent += next.length;
    }
    input.lend(pieceOf(Buffer.from("\r\n")));
    assert.equal(reader.read().type, "whole");
    assert.equal(reader.words.bytes(1).length, length);
    reader.words.release();
    input.keep();
    assert.equal(input.bytes.buffer.byteLength, 0);
  });

  test("nothing of a request that is too long", () => {
    const input = new Input();
    const reader = new WordReader(input, friend);
    input.lend(pieceOf(Buffer.from(`*3\r\n$1\r\na\r\n$${100 * mebibyte}\r\n`)));
    assert.equal(reader.read().type, "too-long");
    const piece = Buffer.alloc(64 * kibibyte, "v");
    for (let sent = 0; sent < 100 * mebibyte; sent += piece.length) {
      assert.equal(reader.read().type, "starved");
      input.keep();
      assert.equal(input.bytes.buffer.byteLength, 0);
      input.lend(pieceOf(piece));
    }
    input.lend(pieceOf(Buffer.from("\r\n$1\r\nb\r\nPING\r\n")));
    assert.equal(show(reader, reader.read()), "PING");
  });

  test("offsets in proportion to the words that have come, and gives them back", () => {
    const input = new Input();
    const roomy = { ...limits, requestLimitBytes: 64 * mebibyte };
    const reader = new WordReader(input, { limits: roomy, isAdmitted: () => true });
    const count = 100_000;
    input.lend(pieceOf(Buffer.from(`*${count}\r\n${"$0\r\n\r\n".repeat(count)}PING\r\n`)));
    assert.equal(reader.read().type, "whole");
    assert.equal(reader.words.count, count);
    assert.ok(reader.words.ownBytes <= 16 * count);
    assert.equal(show(reader, reader.read()), "PING");
    assert.ok(reader.words.ownBytes < kibibyte);
  });

  test("nothing of a flood of requests that are none", () => {
    const flood = Buffer.from("*0\r\n\r\n*-1\r\n".repeat(10_000));
    const { keptBytes, readings } = readAll(
      flood,
      friend,
      Array.from({ length: 13_000 }, () => 10),
    );
    assert.deepEqual(readings, []);
    assert.ok(keptBytes < kibibyte);
  });
});
