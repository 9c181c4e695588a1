import type { ClusterStatus, RedisClusterStore } from "@kv/storage/redis-cluster";
import type { ClusterStorage } from "./cluster-storage.ts";
import { KvError } from "./errors.ts";

/** By what a tool of the servers' own gets at them. */
export interface ToolAccess {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: ClusterStorage["tls"];
}

/** Where the buckets of a node lie that stores them in a cluster: for those who look after that. */
export interface ClusterCare {
  /** How it is: its servers are asked. Rejects with `KV_NO_STORE`. */
  status(): Promise<ClusterStatus>;
  readonly access: ToolAccess;
  /** The right to change the cluster, for `what`, or who has it: of all nodes one has it at a time. Rejects with `KV_NO_STORE`, or a `StorageError`. */
  lock(what: string): ReturnType<RedisClusterStore["lockChanges"]>;
}

/** What the configuration says of it, but for the password. */
export function accessIn({ username, tls }: ClusterStorage): Omit<ToolAccess, "password"> {
  return { username, tls };
}

/** What is taken care of. */
export interface CaredFor {
  /** The node, as failures name it. */
  readonly node: string;
  readonly access: ToolAccess;
  /** The open store, while there is one. */
  readonly store: () => Pick<RedisClusterStore, "clusterStatus" | "lockChanges"> | undefined;
}

/** The care for a cluster whose store may be closed and opened again. */
export function careFor({ node, access, store }: CaredFor): ClusterCare {
  const open = (): Pick<RedisClusterStore, "clusterStatus" | "lockChanges"> => {
    const there = store();
    if (there === undefined) throw new KvError("KV_NO_STORE", { node });
    return there;
  };
  return {
    access,
    status: async () => await open().clusterStatus(),
    lock: async (what) => await open().lockChanges({ holder: `"${what}" by ${node}` }),
  };
}
