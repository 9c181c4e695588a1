import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { suite, test } from "node:test";
import { parseOptions } from "./options.ts";

const names = ["opening", "curve"];

const wrong: readonly [words: readonly string[], message: RegExp][] = [
  [["--only", "opening,speed"], /no experiment "speed": expected opening, curve/u],
  [["--write", "--quick"], /--write goes without --quick/u],
  [["--write", "--only", "curve"], /--write goes without/u],
  [["--seed", "x"], /"x" for a seed/u],
  [["--fast"], /--fast/u],
  [["curve"], /curve/u],
];

suite("parseOptions()", () => {
  test("measures everything, in the system's folder for such things, by default", () => {
    const options = parseOptions([], names);
    assert.deepEqual(options.only, []);
    assert.equal(options.quick, false);
    assert.equal(options.directory, tmpdir());
  });

  test("takes several experiments", () => {
    assert.deepEqual(parseOptions(["--only", "curve,opening"], names).only, ["curve", "opening"]);
  });

  for (const [words, message] of wrong) {
    test(`refuses ${words.join(" ")}`, () => {
      assert.throws(() => parseOptions(words, names), message);
    });
  }
});
