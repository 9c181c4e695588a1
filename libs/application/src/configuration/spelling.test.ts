import assert from "node:assert/strict";
import { test } from "node:test";
import { closest } from "./spelling.ts";

const known = ["port", "host", "users", "dataDir", "routingTable"];

const rows: readonly (readonly [word: string, meant: string | undefined])[] = [
  ["prot", "port"],
  ["Port", "port"],
  ["ports", "port"],
  ["hsot", "host"],
  ["datadir", "dataDir"],
  ["routing_table", "routingTable"],
  ["x", undefined],
  ["listen", undefined],
];

for (const [word, meant] of rows) {
  test(`closest() to ${word} is ${meant}`, () => assert.equal(closest(word, known), meant));
}

test("closest() of nothing is nothing", () => assert.equal(closest("port", []), undefined));
