import { askNode, type RemoteRoute } from "./ask-node.ts";
import type { Later } from "./later.ts";
import type {
  MoveActivateRequest,
  MoveBeginRequest,
  MoveFieldsRequest,
  MoveOutcome,
  RoutingOutcome,
} from "./move-request.ts";

/** What is said in a request beside what it is and who asks. */
type Said<Request> = Omit<Request, "type" | "hops">;

/**
 * Another node, asked by this one of its own accord: for moves and the routing table. The hops of its route are this node.
 * What becomes of a request is what `RemoteBuckets` says of its own; all of these may be asked again.
 */
export class RemoteNode {
  readonly #route: RemoteRoute;

  constructor(route: RemoteRoute) {
    this.#route = route;
  }

  beginMove(begin: Said<MoveBeginRequest>): Later<MoveOutcome> {
    return askNode(this.#route, { type: "move-begin", hops: this.#route.hops, ...begin });
  }

  moveFields(fields: Said<MoveFieldsRequest>): Later<MoveOutcome> {
    return askNode(this.#route, { type: "move-fields", hops: this.#route.hops, ...fields });
  }

  activateMove(activate: Said<MoveActivateRequest>): Later<MoveOutcome> {
    return askNode(this.#route, { type: "move-activate", hops: this.#route.hops, ...activate });
  }

  routing(text: string): Later<RoutingOutcome> {
    return askNode(this.#route, { type: "routing", hops: this.#route.hops, text });
  }
}
