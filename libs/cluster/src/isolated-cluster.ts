import type { Cluster } from "./cluster.ts";
import { ClusterError } from "./errors.ts";
import { LateFailures } from "./link/late-failures.ts";
import { nodeScheduler, type Scheduler } from "./network/scheduler.ts";
import type { NodeName } from "./node-name.ts";

/** A node without others: it listens nowhere and reaches nobody. Every call fails with `CLUSTER_NO_CONNECTION`. */
export function isolatedCluster(self: NodeName, scheduler: Scheduler = nodeScheduler): Cluster {
  const failures = new LateFailures(scheduler);
  return {
    self,
    places: [],
    nowMs: () => scheduler.now(),
    nodes: () => [],
    connect: async (node) => {
      throw noConnection(node, "this node is on its own");
    },
    disconnect: async () => {},
    ping: async () => "pang",
    isCongested: () => false,
    onRelief: (_node, listener) => scheduler.endOfTurn(listener),
    call: (node, call) => failures.add(call, noConnection(node)),
    watch: () => () => {},
    [Symbol.asyncDispose]: async () => {},
  };
}

function noConnection(node: NodeName, reason?: string): ClusterError {
  return new ClusterError("CLUSTER_NO_CONNECTION", { node, reason });
}
