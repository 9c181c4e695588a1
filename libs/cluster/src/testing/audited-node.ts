import type { Cluster } from "../cluster.ts";
import type { NodeName } from "../node-name.ts";
import { type ClusterOptions, openCluster } from "../open-cluster.ts";
import type { Audit } from "./audit.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { SimulatedWorld } from "./simulated-world.ts";

/** A node in a simulated world, whose calls are in the books. */
export interface AuditedNode {
  readonly name: NodeName;
  readonly process: SimulatedProcess;
  readonly cluster: Cluster;
  /** Calls `to`, which is to answer within `timeoutMs`. */
  call(to: NodeName, timeoutMs: number, isWrite: boolean): void;
}

/** How a node takes calls. */
export interface AuditedServing {
  readonly audit: Audit;
  /** In how many milliseconds the next call is answered; `undefined` for never. */
  readonly answerAfterMs?: () => number | undefined;
  readonly options?: Partial<ClusterOptions>;
}

let processes = 0;

/** Starts a process on a host of the node's name, and joins. */
export async function startAuditedNode(
  world: SimulatedWorld,
  name: NodeName,
  { audit, answerAfterMs = () => 0, options = {} }: AuditedServing,
): Promise<AuditedNode> {
  const process = world.start(name);
  const { network, scheduler, randomBytes } = process;
  const processName = `${name} #${++processes}`;
  const cluster = await openCluster({
    self: name,
    cookie: "secret",
    directory: "/nodes",
    network,
    scheduler,
    randomBytes,
    serve: (request) => {
      const answer = audit.serve(processName, request);
      const delayMs = answerAfterMs();
      if (delayMs === 0) answer();
      else if (delayMs !== undefined) scheduler.after(delayMs, answer);
    },
    ...options,
  });
  return {
    name,
    process,
    cluster,
    call: (to, timeoutMs, isWrite) => {
      const deadlineMs = cluster.nowMs() + timeoutMs;
      cluster.call(to, audit.make({ from: name, to, isWrite, deadlineMs }));
    },
  };
}
