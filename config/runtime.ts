// Read at every start, in a release too: an edit here takes effect at the next one. This file is the only
// place where the variables of the operating system are read. docs/configuration.md lists all keys.

import type { RuntimeConfig } from "./config-file.ts";

/** The nodes that share the buckets by the first letter of their names; `front` asks them, and stores nothing. */
const shared = { nodes: ["foo", "bar", "front"], table: "a-m=foo,n-z=bar" };

export const config: RuntimeConfig = ({ env, configEnv, node }) => {
  // Some servers of a Redis or Valkey Cluster: buckets lie there then, and any node serves any of them.
  const cluster = env.string("KV_REDIS_CLUSTER")?.split(",");
  const sockets = below(env.string("XDG_RUNTIME_DIR"), "kv");
  return {
    control: {
      directory: sockets,
      // What operators have to know, and the other nodes of a cluster.
      cookie: env.string("RELEASE_COOKIE"),
    },
    kv: {
      node: env.string("KV_NODE") ?? node.name,
      // A service has a folder of its own; other releases store beside their files, wherever they are started from.
      dataDir:
        env.string("KV_DATA_DIR") ??
        env.string("STATE_DIRECTORY") ??
        below(env.string("RELEASE_ROOT"), "data"),
      ...(env.string("RELEASE_NAME") === "front" ? { storage: { engine: "none" } } : {}),
      ...(cluster === undefined ? {} : { storage: { engine: "redis-cluster", nodes: cluster } }),
      storagePassword: env.string("KV_REDIS_PASSWORD"),
      ...(env.string("RELEASE_DISTRIBUTION") === "none" ? { distribution: "off" } : {}),
      routingTable:
        env.string("KV_ROUTING_TABLE") ??
        (cluster === undefined ? tableOf(node.name, configEnv) : []),
      socketDirectory: sockets,
    },
    "kv-server": {
      host: env.string("KV_HOST"),
      port: env.integer("PORT", { min: 0, max: 65_535 }),
      // A number, "next" for the one after PORT, or "off".
      respPort: env.string("RESP_PORT"),
    },
  };
};

/** In development and tests any other node stores every bucket by itself. */
function tableOf(name: string, configEnv: string) {
  if (configEnv === "prod") return shared.table;
  return shared.nodes.includes(name) ? shared.table : [{ from: 0, to: 255, node: "self" }];
}

function below(folder: string | undefined, name: string): string | undefined {
  return folder === undefined ? undefined : `${folder}/${name}`;
}
