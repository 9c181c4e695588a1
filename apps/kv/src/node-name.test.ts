import assert from "node:assert/strict";
import { test } from "node:test";
import { folderOfNode, isNodeReference, parseNodeName } from "./node-name.ts";

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

test("folderOfNode() is the same for a node of this host however its name is written", () => {
  for (const [written, folder] of [
    ["foo", "foo"],
    ["foo@lab", "foo"],
    ["foo@lab.example.org", "foo@lab.example.org"],
    ["lab@bar", "lab@bar"],
  ] as const) {
    const node = parseNodeName(written, "lab");
    assert.ok(node !== undefined);
    assert.equal(folderOfNode(node, "lab"), folder);
  }
});
