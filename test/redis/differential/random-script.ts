/** Scripts that nobody thought of: few buckets and keys, so that commands meet each other's effects. */
import fc from "fast-check";
import type { Words } from "./script.ts";

type Word = fc.Arbitrary<string>;

const bucket = fc.constantFrom("a", "b", "c", "a b", "\u00ff\r\n");
const key = fc.constantFrom("f", "g", "h", "", "\u0000\u00ff");
const largest = "9223372036854775807";
const smallest = "-9223372036854775808";
const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.constantFrom(largest, smallest, "9223372036854775808", "x", "", "01", "1.5", " 1"),
  fc.string({ unit: fc.constantFrom(..."0 0 1 9 - + . e x".split(" "), " "), maxLength: 21 }),
);
const value = fc.oneof(number, fc.string({ unit: "binary-ascii", maxLength: 20 }));
/** Without patterns of stars alone: Redis has an opinion of its own on whether those match the empty key. */
const pattern = fc
  .oneof(
    fc.constantFrom("*", "?", "a*", "[ab]", "[^a]", "\\a", "", "[", "*b*", "[a-c]*"),
    fc.string({
      unit: fc.constantFrom("a", "b", "f", "*", "?", "[", "]", "^", "-", "\\"),
      maxLength: 8,
    }),
  )
  .filter((text) => !/^\*{2,}$/u.test(text));
/** Stands for a time that no other line of the script has: two equal ones would leave GT to the clock. */
const farTime = fc.constantFrom("far1", "far2", "far3");
const time = fc.oneof(
  { weight: 3, arbitrary: farTime },
  fc.constantFrom("0", "-1", largest, smallest, "x", ""),
);
const condition = fc.constantFrom("NX", "XX", "GT", "LT", "nx", "FOO");

const list = (word: Word, maxLength: number): fc.Arbitrary<readonly string[]> =>
  fc.array(word, { minLength: 1, maxLength });
const pairs = fc
  .array(fc.tuple(key, value), { minLength: 1, maxLength: 5 })
  .map((all) => all.flat());

type Parts = readonly (Word | fc.Arbitrary<readonly string[]>)[];

function request(name: string, ...parts: Parts): fc.Arbitrary<readonly string[]> {
  return fc.tuple(fc.constantFrom(name, name.toLowerCase()), ...parts).map((words) => words.flat());
}

const writes = [
  request("HSET", bucket, pairs),
  request("HSETNX", bucket, key, value),
  request("HDEL", bucket, list(key, 3)),
  request("HINCRBY", bucket, key, number),
  request("DEL", list(bucket, 3)),
  request("UNLINK", list(bucket, 2)),
  request("EXPIRE", bucket, time, fc.array(condition, { maxLength: 2 })),
  request("PEXPIRE", bucket, time, fc.array(condition, { maxLength: 2 })),
  request("PERSIST", bucket),
];
const reads = [
  request("HGET", bucket, key),
  request("HMGET", bucket, list(key, 4)),
  request("HGETALL", bucket),
  request("HKEYS", bucket),
  request("HVALS", bucket),
  request("HLEN", bucket),
  request("HEXISTS", bucket, key),
  request("HSTRLEN", bucket, key),
  request("EXISTS", list(bucket, 3)),
  request("TYPE", bucket),
  request("TTL", bucket),
  request("PTTL", bucket),
  request("KEYS", pattern),
  request("DBSIZE"),
];
/** Of HSCAN only what is right: of a bucket that is not there Redis does not read the options, and we do. */
const scans = [
  request("SCAN", fc.constant("0"), fc.constant("MATCH"), pattern),
  request("SCAN", fc.constant("0"), fc.constant("COUNT"), number),
  request("HSCAN", bucket, fc.constant("0"), fc.constant("MATCH"), pattern),
  request("HSCAN", bucket, fc.constant("0"), fc.constant("COUNT"), fc.constantFrom("1", "3", "99")),
];

/** A request with a word too many, or without its last. */
function maimed(whole: fc.Arbitrary<readonly string[]>): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(whole, fc.boolean())
    .map(([words, isLonger]) =>
      isLonger ? words.concat("more") : words.slice(0, Math.max(1, words.length - 1)),
    );
}

/** One line of inline words, with what quoting and escaping make of them; without a zero byte, behind which Redis waits. */
export const randomLine: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(fc.constantFrom(...Array.from("\"'\\\\ \tabx04nr"), "\\x", '\\"', "\u00ff", "\r")),
    {
      maxLength: 24,
    },
  )
  .map((parts) => Buffer.from(`ECHO ${parts.join("")}\r\n`, "latin1"));

/** What {@link randomScript} may draw from. */
export interface RandomScriptOptions {
  /** Scans are gone through in many calls, which cannot be sent at once. */
  readonly hasScans: boolean;
  readonly maxLength: number;
}

/** Requests that follow each other, at least one. */
export function randomScript({
  hasScans,
  maxLength,
}: RandomScriptOptions): fc.Arbitrary<readonly Words[]> {
  const writing = fc.oneof(...writes);
  const reading = fc.oneof(...reads, ...(hasScans ? scans : []));
  const any = fc.oneof(
    { weight: 10, arbitrary: writing },
    { weight: 10, arbitrary: reading },
    { weight: 1, arbitrary: maimed(fc.oneof(writing, ...reads)) },
  );
  return fc
    .array(any, { minLength: 1, maxLength, size: "max" })
    .map((script) => script.map((words, line) => words.map((word) => toBytes(word, line))));
}

function toBytes(word: string, line: number): Buffer {
  const far = /^far(?<far>\d)$/u.exec(word)?.groups?.["far"];
  return far === undefined
    ? Buffer.from(word, "latin1")
    : Buffer.from(String(Number(far) * 100_000_000 + line * 100_000));
}
