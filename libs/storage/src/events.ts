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
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  /** The store's directory. */
  readonly path: string;
} & (
  | { readonly type: "opened"; readonly keys: number; readonly tookMs: number }
  | { readonly type: "tail-cut"; readonly bytes: number; readonly keptIn: string }
  | { readonly type: "sealed" }
  /** What was acknowledged is there, but the next start has to read the log as after a crash. */
  | { readonly type: "not-sealed"; readonly reason: string }
  | { readonly type: "writes-stopped"; readonly reason: string }
);

const events = channel(storageChannel);

/** Tells whoever listens on the channel; costs nothing when nobody does. */
export function emit(event: StorageEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
