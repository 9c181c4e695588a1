import { channel } from "node:diagnostics_channel";

/** The diagnostics channel on which this package speaks. Nothing is printed here. */
export const kvChannel = "kv.kv";

/**
 * What this package has to say. Every event has the shape that any subscriber can show without knowing it: `level`,
 * `message` for a person, `type` for a program; the other members are data.
 */
export type KvEvent = {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  /** The node that speaks, `name@host`. */
  readonly node: string;
} & (
  | {
      readonly type: "certificate-loaded" | "certificate-expires" | "certificate-expired";
      readonly subject: string;
      readonly expiresAtMs: number;
    }
  | { readonly type: "serving-failed"; readonly failure: unknown }
  | { readonly type: "alone"; readonly reason: string }
  /** A table was adopted that gives buckets of this node to others, or the node was started with such a one. */
  | { readonly type: "moving" }
  /** Buckets went to other nodes, for good. */
  | { readonly type: "moved"; readonly buckets: number }
  /** Buckets could not be moved; it is tried again. */
  | { readonly type: "move-failed" }
  /** It was started with a store that takes no writes. */
  | { readonly type: "fenced" }
  /** The table in force is not the one of the configuration. */
  | { readonly type: "other-table" }
);

const events = channel(kvChannel);

/** Tells whoever listens on the channel; costs nothing when nobody does. */
export function emit(event: KvEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
