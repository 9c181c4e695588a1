import type { Store } from "../store.ts";
import { ReplicatedStore } from "./buckets/replicated-store.ts";
import type { ClusterOptions } from "./cluster/cluster-options.ts";
import { openCluster } from "./cluster/open-cluster.ts";
import type { ClusterStatus } from "./cluster/status/cluster-status.ts";

/** A store whose buckets lie in a cluster. */
export interface RedisClusterStore extends Store {
  /** How the cluster is, as this node sees it: its servers are asked. */
  clusterStatus(): Promise<ClusterStatus>;
}

/**
 * Opens the store that lies in a cluster of Redis or Valkey servers; where none of them can be reached it opens all the same, and rejects what is asked of it with
 * `STORAGE_UNAVAILABLE` until one can. Rejects with `STORAGE_INACCESSIBLE` where the servers are set up so that acknowledged
 * writes would be lost.
 */
export async function openRedisClusterStore(options: ClusterOptions): Promise<RedisClusterStore> {
  const cluster = await openCluster(options);
  const clusterStatus = (): Promise<ClusterStatus> => cluster.status();
  return Object.assign(new ReplicatedStore({ cluster }), { clusterStatus });
}
