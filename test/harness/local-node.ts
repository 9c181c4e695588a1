import { configurationOf, type System, startSystem, type SystemApplication } from "@kv/application";
import { kv } from "@kv/kv";
import { kvServer } from "@kv/kv-server";
import { emptyCluster, isReplicated } from "./tier.ts";
import { makeTemporaryDirectory } from "./temporary-directory.ts";

/** A node in this process, on a free port, with data of its own. */
export interface LocalNode extends AsyncDisposable {
  readonly system: System;
}

/** What the applications are configured with beyond that. */
export interface LocalNodeValues {
  readonly kv?: Readonly<Record<string, unknown>>;
  readonly "kv-server"?: Readonly<Record<string, unknown>>;
}

const applications: readonly SystemApplication[] = [
  { application: kv, mode: "permanent" },
  { application: kvServer, mode: "permanent" },
];

/** Starts a node in this process. Unless told otherwise it stores every bucket, and links with nobody. */
export async function startLocalNode(values: LocalNodeValues = {}): Promise<LocalNode> {
  const directory = await makeTemporaryDirectory();
  const store = isReplicated
    ? { storage: { engine: "redis-cluster", nodes: await emptyCluster() } }
    : { routingTable: [{ from: 0, to: 255, node: "self" }] };
  const configuration = configurationOf(applications, {
    kv: { dataDir: directory.path, distribution: "off", ...store, ...values.kv },
    "kv-server": { port: 0, ...values["kv-server"] },
  });
  const system = await startSystem({ applications, configuration });
  return {
    system,
    async [Symbol.asyncDispose]() {
      await system[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}
