import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Glob, patternLimitBytes } from "./glob.ts";

/** What redis-server 7.0.15 says to `KEYS pattern` when a key has that name. */
const answers: readonly [pattern: string, subject: string, matches: boolean][] = [
  ["*", "h", true],
  ["**", "h", true],
  ["h", "h", true],
  ["h*", "h", true],
  ["*h*", "h", true],
  ["?", "h", true],
  ["??", "h", false],
  ["", "h", false],
  ["[h", "h", true],
  ["[", "h", false],
  ["[^", "h", true],
  ["[^x", "h", true],
  ["[a-", "h", false],
  ["[z-a]", "h", true],
  ["[a-z]", "h", true],
  ["[^a-z]", "h", false],
  [String.raw`[\]h]`, "h", true],
  [String.raw`[\]h]`, "]", true],
  ["[]h]", "h", false],
  ["[a-]", "-", false],
  ["[a-]", "^", true],
  ["\\", "\\", true],
  [String.raw`\h`, "h", true],
  [String.raw`\*`, "*", true],
  [String.raw`\*`, "h", false],
  ["h\\", "h", false],
  ["*a*b", "aXbXab", true],
  ["*a*b", "aXbXaba", false],
  ["H", "h", false],
];

for (const [pattern, subject, matches] of answers) {
  test(`Glob ${JSON.stringify(pattern)} ${matches ? "matches" : "does not match"} ${subject}`, () => {
    assert.equal(new Glob(Buffer.from(pattern)).matches(Buffer.from(subject)), matches);
  });
}

/** Few different bytes, so that patterns match often. */
const patterns = fc.string({ unit: fc.constantFrom(...Array.from("aab*?[]^-\\")), maxLength: 12 });
const subjects = fc.string({ unit: fc.constantFrom(...Array.from("aab]-^\\")), maxLength: 12 });

test("Glob says what a matcher says that tries everything", () => {
  fc.assert(
    fc.property(patterns, subjects, (pattern, subject) => {
      const matches = new Glob(Buffer.from(pattern)).matches(Buffer.from(subject));
      assert.equal(matches, tryEverything(pattern, subject));
    }),
    { numRuns: 3000 },
  );
});

test("Glob is done at once with a pattern that would take for ever to try out", () => {
  const pattern = Buffer.from(`${"*a".repeat(patternLimitBytes / 2 - 1)}*b`);
  assert.equal(new Glob(pattern).matches(Buffer.alloc(20_000, "a")), false);
});

test("Glob keeps nothing of the bytes it was made from", () => {
  const pattern = Buffer.from("h[a-c]*");
  const glob = new Glob(pattern);
  pattern.fill(0);
  assert.equal(glob.matches(Buffer.from("hb!")), true);
});

/** The definition of a pattern, without a thought for time. */
function tryEverything(pattern: string, subject: string): boolean {
  if (pattern === "") return subject === "";
  const [first = "", ...rest] = pattern;
  if (first === "*") {
    const after = rest.join("");
    return (
      tryEverything(after, subject) || (subject !== "" && tryEverything(pattern, subject.slice(1)))
    );
  }
  if (subject === "") return false;
  const [byte = ""] = subject;
  const next = subject.slice(1);
  if (first === "?") return tryEverything(pattern.slice(1), next);
  if (first === "[") {
    const { isIn, length } = readClass(pattern.slice(1), byte);
    return isIn && tryEverything(pattern.slice(1 + length), next);
  }
  const escaped = first === "\\" && rest.length > 0;
  const literal = escaped ? rest[0] : first;
  return literal === byte && tryEverything(pattern.slice(escaped ? 2 : 1), next);
}

/** Whether `byte` is in the class that follows, and how long that is with its bracket. */
function readClass(text: string, byte: string): { isIn: boolean; length: number } {
  const isNegated = text.startsWith("^");
  let at = isNegated ? 1 : 0;
  let isNamed = false;
  while (at < text.length && text[at] !== "]") {
    const left = text.slice(at);
    const escaped = /^\\(.)/su.exec(left);
    const range = /^(.)-(.)/su.exec(left);
    const [from = "", to = ""] =
      escaped === null
        ? (range?.slice(1).toSorted() ?? [left[0], left[0]])
        : [escaped[1], escaped[1]];
    if (byte >= from && byte <= to) isNamed = true;
    at += escaped?.[0].length ?? range?.[0].length ?? 1;
  }
  return { isIn: isNamed !== isNegated, length: Math.min(at + 1, text.length) };
}
