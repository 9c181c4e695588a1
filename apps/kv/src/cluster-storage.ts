import { readFile } from "node:fs/promises";
import type { EnvironmentProblem } from "@kv/application";
import type { ClusterOptions } from "@kv/storage/redis-cluster";
import * as v from "valibot";

const file = v.pipe(v.string(), v.nonEmpty("expected the path of a file"));

/** At most a minute: longer nobody waits. */
const deadlineMessage = "expected milliseconds: a whole number from 100 to 60000";
const deadlineMs = v.pipe(
  v.number(deadlineMessage),
  v.integer(deadlineMessage),
  v.minValue(100, deadlineMessage),
  v.maxValue(60_000, deadlineMessage),
);

const server = v.pipe(
  v.string(),
  v.regex(/^[^\s:]+:\d{1,5}$|^\[[\da-fA-F:.]+\]:\d{1,5}$/u, "expected servers as host:port"),
);

/** What `storage` says of a cluster of Redis or Valkey servers. */
export const clusterStorage = {
  nodes: v.optional(v.array(server)),
  username: v.optional(v.pipe(v.string(), v.nonEmpty("expected some text"))),
  tls: v.optional(
    v.strictObject({
      caFile: v.optional(file),
      certificateFile: v.optional(file),
      keyFile: v.optional(file),
    }),
  ),
  durability: v.optional(v.picklist(["live", "one", "primary"])),
  deadlineMs: v.optional(deadlineMs),
  staleReads: v.optional(v.boolean("expected true or false")),
  allowAppendOnlyNo: v.optional(v.boolean("expected true or false")),
};

/** A node's storage, as far as it is about a cluster. */
export interface ClusterStorage {
  readonly engine: string;
  readonly nodes?: readonly string[] | undefined;
  readonly username?: string | undefined;
  readonly tls?:
    | {
        readonly caFile?: string | undefined;
        readonly certificateFile?: string | undefined;
        readonly keyFile?: string | undefined;
      }
    | undefined;
  readonly durability?: "live" | "one" | "primary" | undefined;
  readonly deadlineMs?: number | undefined;
  readonly staleReads?: boolean | undefined;
  readonly allowAppendOnlyNo?: boolean | undefined;
}

/** What is wrong with the storage and the table together. */
export function checkClusterStorage({
  storage,
  routingTable,
}: {
  readonly storage: ClusterStorage;
  readonly routingTable: readonly unknown[];
}): readonly EnvironmentProblem[] {
  const { engine, nodes = [] } = storage;
  if (engine !== "redis-cluster") {
    if (nodes.length === 0) return [];
    return [
      {
        key: "storage",
        expected: `expected nodes only with the engine redis-cluster, got ${engine}`,
      },
    ];
  }
  const problems: EnvironmentProblem[] = [];
  if (nodes.length === 0) {
    problems.push({
      key: "storage",
      expected: "expected nodes: some servers of the cluster, as host:port",
    });
  }
  if (routingTable.length > 0) {
    const expected =
      "expected no routing table beside storage.engine redis-cluster: there any node serves any bucket";
    problems.push({ key: "routingTable", expected });
  }
  return problems;
}

/** What the engine is opened with; reads the files of `tls`. */
export async function clusterOptions(
  storage: ClusterStorage,
  password: string | undefined,
): Promise<ClusterOptions> {
  const { nodes = [], username, tls, durability, deadlineMs: deadline, staleReads } = storage;
  const { allowAppendOnlyNo } = storage;
  return {
    nodes,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: await materialOf(tls) }),
    ...(durability === undefined ? {} : { durability }),
    ...(deadline === undefined ? {} : { deadlineMs: deadline }),
    ...(staleReads === undefined ? {} : { staleReads }),
    ...(allowAppendOnlyNo === undefined ? {} : { allowAppendOnlyNo }),
  };
}

async function materialOf({
  caFile,
  certificateFile,
  keyFile,
}: NonNullable<ClusterStorage["tls"]>): Promise<NonNullable<ClusterOptions["tls"]>> {
  const [ca, cert, key] = await Promise.all([caFile, certificateFile, keyFile].map(textIn));
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function textIn(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : await readFile(path, "utf8");
}
