import type { NodeName } from "@kv/cluster";
import type { Hops } from "./hops.ts";
import type { Later } from "./later.ts";
import type { Caller } from "./link.ts";
import { RemoteCall } from "./remote-call.ts";
import type { RemoteOperation, RemoteRequest } from "./request.ts";
import type { RemoteOutcomes } from "./response.ts";

/** How a node is reached. */
export interface RemoteRoute {
  readonly caller: Caller;
  /** The clock of the caller, in milliseconds. */
  readonly clock: () => number;
  readonly node: NodeName;
  /** Who has passed the requests on, this node last. */
  readonly hops: Hops;
  /** How long each request may take: as configured, or what is left of one that another node has sent. */
  readonly timeoutMs: () => number;
}

/** Sends `request` that way; what is sent earlier is begun earlier. Throws a `RangeError`, and sends nothing, for what no node would take. */
export function askNode<Operation extends RemoteOperation>(
  { caller, clock, node, timeoutMs: timeout }: RemoteRoute,
  request: RemoteRequest & { readonly type: Operation },
): Later<RemoteOutcomes[Operation]> {
  const timeoutMs = timeout();
  const deadlineMs = clock() + timeoutMs;
  const call = new RemoteCall<Operation>(request, { node, timeoutMs, deadlineMs });
  caller.call(node, call);
  return call.later;
}
