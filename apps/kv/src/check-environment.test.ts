import assert from "node:assert/strict";
import { test } from "node:test";
import { shortHostName } from "@kv/cluster";
import * as v from "valibot";
import { checkEnvironment, type KvEnvironment, readerIn } from "./check-environment.ts";
import { environment } from "./environment.ts";
import { parseRoutingText } from "./routing-text.ts";

interface Said {
  readonly node?: string;
  readonly table?: string;
  readonly engine?: "none";
  readonly nodes?: readonly string[];
  readonly distribution?: "off";
}

function valuesOf({ node = "foo@lab", table = "", engine, nodes = [], ...rest }: Said) {
  const parsed = parseRoutingText(table);
  assert.equal(parsed.type, "table");
  const defaults = Object.entries(environment).map(([key, declared]) => [
    key,
    v.parse<v.GenericSchema>(declared.schema, declared.default),
  ]);
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each by its own schema
    ...(Object.fromEntries(defaults) as KvEnvironment),
    node,
    routingTable: parsed.table,
    ...(engine === undefined ? {} : { storage: v.parse(environment.storage.schema, { engine }) }),
    nodes: Object.fromEntries(nodes.map((name) => [name, { host: "10.0.0.2", port: 1 }])),
    ...rest,
  };
}

const rows: readonly (readonly [what: string, said: Said, problems: readonly string[]])[] = [
  ["nothing", {}, []],
  ["other nodes", { table: "a-m=foo,n-z=bar@host2", nodes: ["bar@host2"] }, []],
  ["long names", { node: "foo@10.0.0.1", table: "a=foo,b=bar@b.c", nodes: ["bar@b.c"] }, []],
  ["a node without a store", { engine: "none", table: "a-z=bar" }, []],
  [
    "a node without a store that its table names",
    { engine: "none", table: "a=bar,b=foo" },
    [
      'routingTable: expected other nodes only, since storage.engine is "none"; it names foo@lab, which is this node',
    ],
  ],
  [
    "a long name in the table of a short one",
    { table: "a=bar@b.c" },
    [
      'routingTable: expected short names (hosts without a dot), as that of this node, foo@lab; got "bar@b.c"',
    ],
  ],
  [
    "a short name in the table of a long one",
    { node: "foo@a.b", table: "a=bar@lab" },
    [
      'routingTable: expected long names (hosts with a dot), as that of this node, foo@a.b; got "bar@lab"',
    ],
  ],
  ["any names, to a node that links with nobody", { table: "a=bar@b.c", distribution: "off" }, []],
  [
    "addresses of what are no nodes",
    { nodes: ["bar", "@", "bar@b.c"] },
    [
      'nodes: expected names name@host, got "bar"',
      'nodes: expected names name@host, got "@"',
      'nodes: expected short names (hosts without a dot), as that of this node, foo@lab; got "bar@b.c"',
    ],
  ],
];

for (const [what, said, problems] of rows) {
  test(`checkEnvironment() ${problems.length === 0 ? "takes" : "refuses"} ${what}`, () => {
    const found = checkEnvironment(valuesOf(said));
    assert.deepEqual(
      found.map(({ key, expected }) => `${key}: ${expected}`),
      problems,
    );
  });
}

test("readerIn() has names without a host on the host that the node's own name says", () => {
  assert.deepEqual(readerIn({ node: "foo@10.0.0.1" }), { self: "foo@10.0.0.1", host: "10.0.0.1" });
  const host = shortHostName();
  assert.deepEqual(readerIn({ node: "foo" }), { self: `foo@${host}`, host });
});
