import type { Served } from "./later.ts";
import type {
  MoveActivateRequest,
  MoveBeginRequest,
  MoveFieldsRequest,
  MoveOutcome,
  RoutingOutcome,
  RoutingRequest,
} from "./move-request.ts";

/**
 * What nodes ask of each other of their own accord, done here: the parts of a move of which this node is the target, and what
 * concerns the routing table. The arrays of a request are read during the call only.
 */
export interface ServingMoves {
  begin(request: MoveBeginRequest): Served<MoveOutcome>;
  add(request: MoveFieldsRequest): Served<MoveOutcome>;
  /** In force for whatever the same node asks next, also while the outcome is not durable yet. */
  activate(request: MoveActivateRequest): Served<MoveOutcome>;
  routing(request: RoutingRequest): Served<RoutingOutcome>;
}
