import type { EnvironmentDeclaration } from "@kv/application";
import * as v from "valibot";
import { isNodeReference } from "./node-name.ts";
import { problemOf, type RoutingEntry } from "./routing-table.ts";
import { parseRoutingText } from "./routing-text.ts";

/** A bound of a range: a byte, or the one ASCII character that stands for it. */
const bound = v.union(
  [
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
    v.pipe(
      v.string(),
      // oxlint-disable-next-line no-control-regex -- the range of ASCII begins with control characters
      v.regex(/^[\0-\x7f]$/u),
      v.transform((character) => character.charCodeAt(0)),
    ),
  ],
  "expected a byte: a number from 0 to 255, or one ASCII character",
);

const routingEntry = v.pipe(
  v.strictObject({ from: bound, to: bound, node: v.string() }),
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? problemOf(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: `expected an entry of the table: ${problem}` });
  }),
);

const routingEntries = v.array(
  routingEntry,
  "expected a routing table such as a-m=foo,n-z=bar, or a list of { from, to, node }",
);

const routingText = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): readonly RoutingEntry[] => {
    const parsed = parseRoutingText(dataset.value);
    if (parsed.type === "table") return parsed.table;
    addIssue({ message: `expected a routing table such as a-m=foo,n-z=bar; ${parsed.reason}` });
    return NEVER;
  }),
);

/** kv's environment: the node's name and files, and the table that says which node stores which bucket. */
export const environment = {
  node: {
    schema: v.pipe(
      v.string(),
      v.check(isNodeReference, "expected a node name such as foo or foo@host"),
    ),
    default: "kv",
    doc: "Name of this node: `name`, on this host, or `name@host`. Its files lie in a folder of this name; without `@host` when that is this host.",
    startOnly: true,
  },
  dataDir: {
    schema: v.pipe(v.string(), v.nonEmpty("expected the path of a folder")),
    default: "data",
    doc: "Folder that holds a folder for each node's files; relative to where the node is started.",
    startOnly: true,
  },
  storage: {
    schema: v.strictObject({
      engine: v.optional(v.picklist(["log", "memory"]), "log"),
      sync: v.optional(v.picklist(["always", "everysec", "never"]), "always"),
    }),
    default: { engine: "log", sync: "always" },
    doc: "The engine (`log` keeps everything on disk, `memory` forgets), and when the log is synced: `always` before a write is acknowledged, `everysec`, or `never`.",
    startOnly: true,
  },
  routingTable: {
    schema: v.lazy((input) => (typeof input === "string" ? routingText : routingEntries)),
    default: [],
    doc: "Which node stores a bucket, by the first byte of its name: text such as `a-m=foo,n-z=bar`, or a list of `{ from, to, node }`. The first match decides; `self` is this node.",
  },
} satisfies EnvironmentDeclaration;
