import type { NodeName } from "@kv/cluster";
import type { Store } from "@kv/storage";
import type { ServingMoves } from "../remote/serving-moves.ts";
import type { RoutingReader, RoutingTable } from "../routing-table.ts";
import { nodeAsker, type NodeWays, remoteNode } from "./ask-nodes.ts";
import { Coordinator } from "./coordinator.ts";
import { Fences } from "./fences.ts";
import { Mover, type MoverOptions, type MovesAtHome } from "./mover.ts";
import { type PlansAtHome, RoutingAnswers } from "./routing-answers.ts";
import { type ArrivalsAtHome, servedMoves } from "./served-moves.ts";

/** What a node's moves rest on. */
export interface NodeMovesOptions {
  readonly reader: RoutingReader;
  readonly home: MovesAtHome & PlansAtHome;
  readonly arrivals: ArrivalsAtHome;
  readonly store: () => Store | "none" | undefined;
  readonly ways: Omit<NodeWays, "self">;
  readonly linked: () => readonly NodeName[];
  /** Why this node cannot go by a table, if it cannot. */
  readonly problemOf: (table: RoutingTable) => string | undefined;
  readonly pauseLimitMs: () => number;
  /** How often nodes are asked how far they are: see `Coordinator`. */
  readonly pollMs?: number;
  /** See `Mover`. */
  readonly retry?: MoverOptions["retry"];
}

/** All that changes the table of a node and moves its buckets. */
export interface NodeMoves {
  readonly mover: Mover;
  readonly coordinator: Coordinator;
  readonly fences: Fences;
  readonly serving: ServingMoves;
}

/** Puts the parts together. */
export function createNodeMoves(options: NodeMovesOptions): NodeMoves {
  const { reader, home, arrivals, store, linked, problemOf, pauseLimitMs } = options;
  const { self } = reader;
  const ways = { ...options.ways, self };
  const nowMs = ways.clock;
  const mover = new Mover({
    self,
    home,
    store,
    targetOf: (node) => remoteNode(ways, node),
    pauseLimitMs,
    nowMs,
    ...(options.retry === undefined ? {} : { retry: options.retry }),
  });
  const answers = new RoutingAnswers({
    reader,
    plans: home,
    problemOf,
    store,
    linked,
    mover,
    nowMs,
  });
  const ask = nodeAsker(ways, answers);
  return {
    mover,
    fences: new Fences({ self, ask }),
    coordinator: new Coordinator({
      reader,
      ask,
      ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
    }),
    serving: servedMoves(self, arrivals, answers),
  };
}
