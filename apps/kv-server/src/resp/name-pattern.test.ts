import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesNamePattern } from "./name-pattern.ts";

const matching: readonly (readonly [pattern: string, ...names: readonly string[]])[] = [
  ["*", "", "save", "maxmemory-policy"],
  ["save", "save", "SAVE"],
  ["SAVE", "save"],
  ["max*", "max", "maxmemory"],
  ["*memory*", "maxmemory", "maxmemory-policy"],
  ["s?ve", "save"],
  ["[st]ave", "save"],
  ["[r-t]ave", "save"],
  ["[t-r]ave", "save"],
  ["[^a]ave", "save"],
  ["sav[e", "save"],
  [String.raw`sa\ve`, "save"],
  [String.raw`\*`, "*"],
  [String.raw`[\]]`, "]"],
  ["a**b", "ab", "axb"],
];

const different: readonly (readonly [pattern: string, ...names: readonly string[]])[] = [
  ["", "save"],
  ["save", "sav", "saves", ""],
  ["s?ve", "sve", "saave"],
  ["[^s]ave", "save"],
  ["[]save", "save"],
  ["*x", "save"],
  [String.raw`\*`, "save"],
];

for (const [pattern, ...names] of matching) {
  test(`matchesNamePattern() sees ${pattern} in ${names.join(", ")}`, () => {
    for (const name of names) assert.ok(matchesNamePattern(pattern, name), name);
  });
}

for (const [pattern, ...names] of different) {
  test(`matchesNamePattern() does not see ${pattern} in ${names.join(", ")}`, () => {
    for (const name of names) assert.ok(!matchesNamePattern(pattern, name), name);
  });
}

test("matchesNamePattern() is not slowed down by a pattern with many stars", () => {
  // Trying all ways to share the letters out among the stars would take longer than the world exists.
  assert.ok(!matchesNamePattern(`${"a*".repeat(400)}b`, "a".repeat(2000)));
});
