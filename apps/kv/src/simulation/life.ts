import type { Child } from "@kv/application";
import type { Cluster } from "@kv/cluster";
import type { SimulatedProcess } from "@kv/cluster/testing";
import type { Store } from "@kv/storage";
import type { NodeMoves } from "../moves/node-moves.ts";
import type { Placement } from "../placement/placement.ts";
import type { Router } from "../router.ts";

/** One process of a node: it is *starting* until its links are open, *stopping* from when it has been asked to end. */
export interface Life {
  readonly process: SimulatedProcess;
  readonly router: Router;
  state: "starting" | "serving" | "stopping" | "over";
  /** `undefined` before it is open and when it is being closed. */
  store: Store | undefined;
  /** `undefined` before its links are open. */
  cluster: Cluster | undefined;
  /** Where its buckets are served. */
  readonly placement: Placement;
  /** The store as the mover sees it: what it writes there is no client's. */
  rawStore: Store | undefined;
  mover: Child | undefined;
  /** What moves buckets, and changes the tables of all nodes. */
  readonly moves: NodeMoves;
}
