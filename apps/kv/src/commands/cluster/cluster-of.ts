import { ApplicationError } from "@kv/application";
import type { ClusterCare } from "../../cluster-care.ts";
import type { NodeKv } from "../../kv.ts";

/** The cluster that a node's buckets lie in. Throws `COMMAND_FAILED` where they lie in none. */
export function clusterOf({ cluster }: Pick<NodeKv, "cluster">): ClusterCare {
  if (cluster !== undefined) return cluster;
  throw failed("look after a cluster", "the buckets of this node lie in none");
}

/** What a command fails with that cannot do what it is asked for. */
export function failed(action: string, reason: string): ApplicationError {
  return new ApplicationError("COMMAND_FAILED", { action, reason });
}
