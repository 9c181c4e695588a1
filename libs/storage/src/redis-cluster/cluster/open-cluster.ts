import { StorageError } from "../../errors.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { RedisCluster } from "./redis-cluster.ts";
import type { ClusterStatus } from "./status/cluster-status.ts";

/** A cluster that tells how it is. */
export interface OpenCluster extends Cluster {
  status(): Promise<ClusterStatus>;
}

/**
 * Begins to use a cluster of Redis or Valkey servers. When none of its servers can be reached it is open all the same: what is asked of it rejects
 * with `STORAGE_UNAVAILABLE` until one can. Rejects with `STORAGE_INACCESSIBLE` when the servers answer and are set up so that
 * acknowledged writes would be lost.
 */
export async function openCluster(options: ClusterOptions): Promise<OpenCluster> {
  const cluster = new RedisCluster(options);
  const refusal = await cluster.start();
  if (refusal === undefined) return cluster;
  await cluster[Symbol.asyncDispose]();
  throw new StorageError("STORAGE_INACCESSIBLE", {
    path: options.nodes.join(", "),
    reason: refusal,
    wayOut: "change that, or say in the configuration that it is wanted",
  });
}
