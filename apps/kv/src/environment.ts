import type { EnvironmentDeclaration } from "@kv/application";
import * as v from "valibot";
import { isNodeReference } from "@kv/cluster";
import { problemOf, type RoutingEntry } from "./routing-table.ts";
import { clusterStorage } from "./cluster-storage.ts";
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

/** One message for whatever is wrong with it, so that each says both bounds. */
function bytes(least: number, most: number) {
  const message = `expected bytes: a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

const shareMessage = "expected a share: a number from 0.1 to 1";
const share = v.pipe(
  v.number(shareMessage),
  v.minValue(0.1, shareMessage),
  v.maxValue(1, shareMessage),
);

const recordsMessage = "expected a whole number from 1000";
const records = v.pipe(
  v.number(recordsMessage),
  v.integer(recordsMessage),
  v.minValue(1000, recordsMessage),
);

const longestTimerMs = 2 ** 31 - 1;

const timeoutMessage = `expected milliseconds: a whole number from 1 to ${longestTimerMs}`;
const timeoutMs = v.pipe(
  v.number(timeoutMessage),
  v.integer(timeoutMessage),
  v.minValue(1, timeoutMessage),
  v.maxValue(longestTimerMs, timeoutMessage),
);

/** Where a node can be reached; `least` is its lowest port. */
function address(least: number) {
  const message = `expected a port: a whole number from ${least} to 65535`;
  const port = v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(least, message),
    v.maxValue(65_535, message),
  );
  const host = v.pipe(v.string(), v.nonEmpty("expected a host name or an IP address"));
  return v.strictObject({ host, port });
}

const file = v.optional(v.pipe(v.string(), v.nonEmpty("expected the path of a file")));

/** kv's environment: the node's name and files, the table that says which node stores which bucket, and the way to those. */
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
      engine: v.optional(v.picklist(["log", "memory", "none", "redis-cluster"]), "log"),
      sync: v.optional(v.picklist(["always", "everysec", "never"]), "always"),
      cacheLimitBytes: v.optional(bytes(0, 16 * 2 ** 30), 128 * 2 ** 20),
      segmentLimitBytes: v.optional(bytes(2 ** 20, 512 * 2 ** 20), 64 * 2 ** 20),
      deadShareLimit: v.optional(share, 0.5),
      deadFloorBytes: v.optional(bytes(0, 16 * 2 ** 30), 512 * 2 ** 20),
      snapshotEveryRecords: v.optional(records, 4_000_000),
      ...clusterStorage,
    }),
    default: { engine: "log", sync: "always" },
    doc: "The engine (`log` keeps everything on disk, `memory` forgets, `none` is for a node that stores nothing itself and asks the others), and how it does that. `sync`: when the log is synced, `always` before a write is acknowledged, `everysec`, or `never`. `cacheLimitBytes`: memory for values that need not be read from the disk (128 MiB). `segmentLimitBytes`: length of the log's files (64 MiB). `deadShareLimit`: the share of the log that may be dead once it is longer than a segment (0.5; 1 leaves compaction to the command `compact`). `deadFloorBytes`: so much of it may be dead whatever its share (512 MiB): a small store is not written again and again. `snapshotEveryRecords`: the next snapshot of the index is written when more changes than this (4,000,000), than half as many as there are keys, and than twice what came while the last one was written, have come since that, or earlier when they make much log; a start replays what came since. With `redis-cluster` buckets lie in a Redis or Valkey Cluster, and any node serves any of them: docs/replicated.md. `nodes`: some of its servers, as `host:port`. `username`: their ACL user. `tls`: `{ caFile, certificateFile, keyFile }`, of which the first is enough. `durability`: who has to have a write before it is acknowledged, `live` (every replica that is not known to be dead, and one at least), `one` replica, or the `primary` alone. `deadlineMs`: how long a request may take (8000), at least twice the servers' node timeout and 4 s. `staleReads`: whether a replica may answer where no primary does, with data that may be old. `allowAppendOnlyNo`: whether servers are used that forget all when they start again.",
    startOnly: true,
  },
  storagePassword: {
    schema: v.optional(v.pipe(v.string(), v.nonEmpty("expected some text"))),
    default: undefined,
    doc: "Password for the servers of `storage.nodes`.",
    secret: true,
    startOnly: true,
  },
  routingTable: {
    schema: v.lazy((input) => (typeof input === "string" ? routingText : routingEntries)),
    default: [],
    doc: "Which node stores a bucket, by the first byte of its name: text such as `a-m=foo,n-z=bar`, or a list of `{ from, to, node }`. The first match decides; `self` is this node.",
  },
  distribution: {
    schema: v.picklist(["on", "off"], 'expected "on" or "off"'),
    default: "on" as const,
    doc: "Whether this node links with others: `off` reaches nobody, and nobody it.",
    startOnly: true,
  },
  socketDirectory: {
    schema: v.optional(v.pipe(v.string(), v.nonEmpty("expected the path of a folder"))),
    default: undefined,
    doc: "Folder of the sockets by which the nodes of one host reach each other: the same for all of them. It must be its user's alone, mode 0700, and is made so. `/tmp/kv-UID` when nothing is said; the shipped `runtime.ts` says `$XDG_RUNTIME_DIR/kv` where there is one.",
    startOnly: true,
  },
  nodes: {
    schema: v.record(v.string(), address(1)),
    default: {},
    doc: 'Where the nodes of other hosts are: `{ "bar@host2": { host: "10.0.0.2", port: 4369 } }`. Nodes of this host need none.',
    startOnly: true,
  },
  nodeListen: {
    schema: v.optional(address(0)),
    default: undefined,
    doc: "Where the nodes of other hosts reach this one, by TCP: `{ host, port }`; nowhere when nothing is said. Beyond loopback, TLS is required, or `allowPlainLinks`.",
    startOnly: true,
  },
  tlsCertificateFile: {
    schema: file,
    default: undefined,
    doc: "File with the certificate, in PEM, that this node shows to those of other hosts, and those between it and its CA. With it all that goes by TCP to or from other nodes is TLS 1.3. It names the host that the others reach this node by, and is good for both ends of a connection. Relative to where the node is started.",
    startOnly: true,
  },
  tlsKeyFile: {
    schema: file,
    default: undefined,
    doc: "File with that certificate's key in PEM, without a passphrase; not one that everybody can read.",
    startOnly: true,
  },
  tlsCaFile: {
    schema: file,
    default: undefined,
    doc: "File with the CA in PEM that has signed the certificates of all nodes.",
    startOnly: true,
  },
  allowPlainLinks: {
    schema: v.boolean("expected true or false"),
    default: false,
    doc: "Lets nodes of other hosts link without TLS: whoever is on the network between them can then read and change what they say. For a network that is yours alone, or a tunnel.",
    startOnly: true,
  },
  callTimeoutMs: {
    schema: timeoutMs,
    default: 5000,
    doc: "How long another node may take to answer a request, those included that it passes the request on to. Then the client is told so.",
  },
  movePauseLimitMs: {
    schema: timeoutMs,
    default: 1000,
    doc: "How long requests for a bucket may wait while it changes its node. Where the last of it takes longer than that to get there, the bucket goes on serving where it is, and is moved later.",
  },
} satisfies EnvironmentDeclaration;
