import type { Call } from "./link/call.ts";
import type { DownReason } from "./link/down-reason.ts";
import type { NodeName } from "./node-name.ts";
import type { Place } from "./network/network.ts";

/** A node that has come or gone. */
export type NodeEvent =
  | { readonly type: "up"; readonly node: NodeName }
  | { readonly type: "down"; readonly node: NodeName; readonly why: DownReason };

/**
 * This node among others. Disposing it ends all links in order, within `farewellMs`, and resolves when they are gone; calls
 * fail from then on.
 */
export interface Cluster extends AsyncDisposable {
  readonly self: NodeName;
  /** Where it listens, with the port that was free where port 0 was asked for. */
  readonly places: readonly Place[];
  /** The clock of deadlines, in milliseconds. */
  nowMs(): number;
  /** The nodes with a link that is up, sorted. */
  nodes(): readonly NodeName[];
  /** Links with `node`, at once, however long a pause would last; rejects with a `ClusterError` that says why not. */
  connect(node: NodeName): Promise<void>;
  /** Ends the link with `node`, after what is under way. It is linked again when either node asks for the other. */
  disconnect(node: NodeName): Promise<void>;
  /** Links with `node` where needed, and asks whether it answers. Never rejects. */
  ping(node: NodeName): Promise<"pong" | "pang">;
  /** Whether so much waits to be sent to `node` that no more should be called for now. */
  isCongested(node: NodeName): boolean;
  /** Calls back once, later, when `node` is not congested, or the link is over. */
  onRelief(node: NodeName, listener: () => void): void;
  /**
   * Sends a request to another node. What became of it is told to `call`, once, always, and never before this has returned:
   * its answer, or a `ClusterError`. A call that may have been sent is never sent again. Calls to one node reach it in
   * their order.
   */
  call(node: NodeName, call: Call): void;
  /** Tells of nodes that come and go, in order, for each node in turn; returns how to stop that. */
  watch(listener: (event: NodeEvent) => void): () => void;
}
