import assert from "node:assert/strict";
import { test } from "node:test";
import { isNodeReference, parseNodeName } from "./node-name.ts";

const cases: readonly [text: string, expected: string | undefined][] = [
  ["foo", "foo@lab"],
  ["foo@bar", "foo@bar"],
  ["foo_1-b@10.0.0.1", "foo_1-b@10.0.0.1"],
  ["foo@host.example.org", "foo@host.example.org"],
  ["", undefined],
  ["@host", undefined],
  ["foo@", undefined],
  ["foo@bar@baz", undefined],
  ["..", undefined],
  ["a/b", undefined],
  ["-foo", undefined],
  ["foo bar", undefined],
  ["foo\n", undefined],
  ["f".repeat(256), undefined],
];

for (const [text, expected] of cases) {
  test(`parseNodeName() reads ${JSON.stringify(text)}`, () => {
    assert.equal(parseNodeName(text, "lab"), expected);
    assert.equal(isNodeReference(text), expected !== undefined);
  });
}
