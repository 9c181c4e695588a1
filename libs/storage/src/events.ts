import { channel } from "node:diagnostics_channel";

/** The diagnostics channel on which this package speaks. Nothing is printed here. */
export const storageChannel = "kv.storage";

/**
 * What this package has to say.
 *
 * Every event has the shape that any subscriber can show without knowing it: `level`, `message` for a person,
 * `type` for a program; the other members are data.
 */
export type StorageEvent = {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  /** The store's directory; of a cluster, the addresses that it was configured with. */
  readonly path: string;
} & (
  | { readonly type: "opened"; readonly keys: number; readonly tookMs: number }
  | { readonly type: "tail-cut"; readonly bytes: number; readonly keptIn: string }
  | { readonly type: "sealed" }
  /** What was acknowledged is there, but the next start has to read the log as after a crash. */
  | { readonly type: "not-sealed"; readonly reason: string }
  | { readonly type: "writes-stopped"; readonly reason: string }
  /** The disk is full; what waits is kept and tried again. */
  | { readonly type: "writes-held"; readonly reason: string }
  | { readonly type: "writes-resumed"; readonly reason: string }
  | { readonly type: "value-damaged"; readonly offsetBytes: number; readonly reason: string }
  /** An opening that takes long. */
  | { readonly type: "opening"; readonly percent: number }
  /** The next start has to replay more of the log. */
  | { readonly type: "snapshot-unusable"; readonly reason: string }
  | { readonly type: "snapshot-failed"; readonly reason: string }
  | { readonly type: "snapshot-taken"; readonly keys: number; readonly bytes: number }
  | { readonly type: "compaction-stopped"; readonly reason: string }
  | { readonly type: "segment-removed"; readonly bytes: number; readonly copiedBytes: number }
  /** No server of the cluster answers; what is asked waits, and is given up at its deadline. */
  | { readonly type: "cluster-unreachable"; readonly reason: string }
  | { readonly type: "cluster-reached"; readonly primaries: number; readonly servedSlots: number }
  /** The cluster answers, and is not used the way it is set up. */
  | { readonly type: "cluster-refused"; readonly reason: string }
  /** Something that an operator should mend; told once. */
  | { readonly type: "cluster-warning"; readonly reason: string }
);

const events = channel(storageChannel);

/** Tells whoever listens on the channel; costs nothing when nobody does. */
export function emit(event: StorageEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
