import { channel } from "node:diagnostics_channel";
import type { DownReason } from "./link/down-reason.ts";
import type { NodeName } from "./node-name.ts";
import type { Refusal } from "./refusal.ts";

/** The diagnostics channel on which this package speaks. Nothing is printed here. */
export const clusterChannel = "kv.cluster";

/**
 * What this package has to say. Every event has the shape that any subscriber can show without knowing it: `level`,
 * `message` for a person, `type` for a program; the other members are data. What could repeat itself without end is
 * let through once in a while, with the number of those that were held back in the message.
 */
export type ClusterEvent = {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  /** The node that speaks. */
  readonly self: NodeName;
} & (
  | { readonly type: "listening"; readonly place: string }
  | { readonly type: "node-up"; readonly node: NodeName }
  | { readonly type: "node-down"; readonly node: NodeName; readonly why: DownReason }
  /** A node could not be reached; it is tried again for as long as somebody asks for it. */
  | { readonly type: "unreachable"; readonly node: NodeName; readonly reason: string }
  /** This node and another one have reached each other, and do not link. `node` is as it was meant, or said. */
  | { readonly type: "refused"; readonly node: string; readonly why: Refusal }
  /** A connection came in and was not heard out. */
  | { readonly type: "turned-away"; readonly reason: string }
  /** The system would not take connections for a while. */
  | { readonly type: "accept-failed"; readonly reason: string }
);

const events = channel(clusterChannel);

/** Tells whoever listens on the channel; costs nothing when nobody does. */
export function emit(event: ClusterEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
