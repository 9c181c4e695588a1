import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, shortHostName } from "@kv/cluster";
import * as v from "valibot";
import { checkEnvironment, type KvEnvironment, readerIn } from "./check-environment.ts";
import { environment } from "./environment.ts";
import { parseRoutingText } from "./routing-text.ts";

interface Said {
  readonly node?: string;
  readonly table?: string;
  readonly engine?: "none";
  readonly nodes?: readonly string[];
  /** The host of all of those. */
  readonly at?: string;
  readonly distribution?: "off";
  readonly allowPlainLinks?: boolean;
  readonly nodeListen?: Address;
  readonly tlsCertificateFile?: string;
  readonly tlsKeyFile?: string;
  readonly tlsCaFile?: string | undefined;
}

function valuesOf({
  node = "foo@lab",
  table = "",
  engine,
  nodes = [],
  at = "10.0.0.2",
  ...rest
}: Said) {
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
    nodes: Object.fromEntries(nodes.map((name) => [name, { host: at, port: 1 }])),
    ...rest,
  };
}

const tls = { tlsCertificateFile: "node.pem", tlsKeyFile: "node.key", tlsCaFile: "ca.pem" };
const beyond: Said = { nodeListen: { host: "0.0.0.0", port: 0 }, nodes: ["bar@host2"] };
const wayOut =
  "set tlsCertificateFile, tlsKeyFile, tlsCaFile, or allowPlainLinks: true to let whoever is on the network read and change what nodes say";

const rows: readonly (readonly [what: string, said: Said, problems: readonly string[]])[] = [
  ["nothing", {}, []],
  ["other nodes", { table: "a-m=foo,n-z=bar@host2", nodes: ["bar@host2"], at: "::1" }, []],
  [
    "long names",
    { node: "foo@10.0.0.1", table: "a=foo,b=bar@b.c", nodes: ["bar@b.c"], at: "localhost" },
    [],
  ],
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
    { nodes: ["bar", "@", "bar@b.c"], at: "127.0.0.1" },
    [
      'nodes: expected names name@host, got "bar"',
      'nodes: expected names name@host, got "@"',
      'nodes: expected short names (hosts without a dot), as that of this node, foo@lab; got "bar@b.c"',
    ],
  ],
  ["links over TLS", { ...beyond, ...tls }, []],
  ["links without TLS, when that is written down", { ...beyond, allowPlainLinks: true }, []],
  ["addresses that nobody dials or listens at", { ...beyond, distribution: "off" }, []],
  [
    "links without TLS beyond this machine",
    beyond,
    [
      `nodeListen: expected loopback addresses while links speak no TLS, got "0.0.0.0"; ${wayOut}`,
      `nodes: expected loopback addresses while links speak no TLS, got "10.0.0.2" of bar@host2; ${wayOut}`,
    ],
  ],
  [
    "half of what TLS needs",
    { ...beyond, ...tls, tlsCaFile: undefined },
    [
      "tlsCaFile: expected a file beside tlsCertificateFile and tlsKeyFile: links over TLS need all of tlsCertificateFile, tlsKeyFile, tlsCaFile",
    ],
  ],
  [
    "a CA alone",
    { tlsCaFile: "ca.pem" },
    ["tlsCertificateFile", "tlsKeyFile"].map(
      (key) =>
        `${key}: expected a file beside tlsCaFile: links over TLS need all of tlsCertificateFile, tlsKeyFile, tlsCaFile`,
    ),
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
