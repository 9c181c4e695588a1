import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type NodeName, parseNodeName } from "@kv/cluster";
import { compileRoutingTable, problemOf, type RoutingEntry } from "./routing-table.ts";
import { formatRoutingText, parseRoutingText } from "./routing-text.ts";

const reader = { self: nodeName("kv@lab"), host: "lab" };

test("compileRoutingTable() lets the first match decide", () => {
  const owners = compileRoutingTable(tableOf("a-m=foo,h-z=bar@far,\\x00-\\xff=self"), reader);
  assert.equal(owners[byteOf("a")], "foo@lab");
  assert.equal(owners[byteOf("m")], "foo@lab");
  assert.equal(owners[byteOf("n")], "bar@far");
  assert.equal(owners[byteOf("S")], "kv@lab");
  assert.equal(owners[0], "kv@lab");
  assert.equal(owners[255], "kv@lab");
});

test("compileRoutingTable() leaves bytes without an entry without an owner", () => {
  const owners = compileRoutingTable(tableOf("a-m=foo"), reader);
  assert.equal(owners.length, 256);
  assert.equal(owners[byteOf("n")], undefined);
  assert.equal(owners[byteOf("A")], undefined);
});

test("compileRoutingTable() agrees with a search from the top for every byte", () => {
  fc.assert(
    fc.property(fc.array(entry()), fc.integer({ min: 0, max: 255 }), (table, byte) => {
      const found = table.find(({ from, to }) => from <= byte && byte <= to)?.node;
      const expected = found === undefined ? undefined : nodeName(found);
      assert.equal(compileRoutingTable(table, reader)[byte], expected);
    }),
  );
});

test("parseRoutingText() reads back what formatRoutingText() wrote", () => {
  fc.assert(
    fc.property(fc.array(entry()), (table) => {
      assert.deepEqual(parseRoutingText(formatRoutingText(table)), { type: "table", table });
    }),
  );
});

const malformed: readonly [text: string, reason: string][] = [
  ["a-m", '"a-m": it is not of the form a-m=node or a=node'],
  ["a-m=foo,", '"": it is not of the form a-m=node or a=node'],
  ["ab=foo", '"ab=foo": it is not of the form a-m=node or a=node'],
  ["é=foo", '"é=foo": it is not of the form a-m=node or a=node'],
  ["a-=foo", '"a-=foo": it is not of the form a-m=node or a=node'],
  ["z-a=foo", '"z-a=foo": the range ends before it begins'],
  ["a-m=foo bar", '"a-m=foo bar": "foo bar" is not a node name'],
  ["a-m=a@b@c", '"a-m=a@b@c": "a@b@c" is not a node name'],
];

for (const [text, reason] of malformed) {
  test(`parseRoutingText() refuses ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseRoutingText(text), { type: "malformed", reason });
  });
}

test("parseRoutingText() takes spaces, single bytes, escapes and an empty table", () => {
  assert.deepEqual(parseRoutingText(" "), { type: "table", table: [] });
  assert.deepEqual(tableOf(" a=foo "), [{ from: 97, to: 97, node: "foo" }]);
  assert.deepEqual(tableOf("a - m = foo"), [{ from: 97, to: 109, node: "foo" }]);
  assert.deepEqual(tableOf("\\x2d=foo , b-\\xFF=self"), [
    { from: 0x2d, to: 0x2d, node: "foo" },
    { from: 98, to: 255, node: "self" },
  ]);
});

test("problemOf() names what is wrong with an entry", () => {
  assert.equal(problemOf({ from: 0, to: 255, node: "self" }), undefined);
  assert.equal(problemOf({ from: 0, to: 256, node: "self" }), "256 is not a byte");
  assert.equal(problemOf({ from: 0.5, to: 1, node: "self" }), "0.5 is not a byte");
  assert.equal(problemOf({ from: 2, to: 1, node: "self" }), "the range ends before it begins");
  assert.equal(problemOf({ from: 1, to: 2, node: "" }), '"" is not a node name');
});

function entry(): fc.Arbitrary<RoutingEntry> {
  return fc
    .tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom("foo", "bar", "baz@far.example.org"),
    )
    .map(([a, b, node]) => ({ from: Math.min(a, b), to: Math.max(a, b), node }));
}

function tableOf(text: string): readonly RoutingEntry[] {
  const parsed = parseRoutingText(text);
  assert.equal(parsed.type, "table");
  return parsed.table;
}

function nodeName(text: string): NodeName {
  const name = parseNodeName(text, "lab");
  assert.ok(name !== undefined);
  return name;
}

function byteOf(character: string): number {
  return character.charCodeAt(0);
}
