import { channel } from "node:diagnostics_channel";

/** The diagnostics channel on which this package speaks. Nothing is printed here. */
export const serverChannel = "kv.server";

/**
 * What the front doors have to say.
 *
 * Every event has the shape that any subscriber can show without knowing it: `level`, `message` for a person,
 * `type` for a program; the other members are data. `suppressed` counts the incidents of the same kind that were
 * left out since the last one, because one a second is enough.
 */
export type ServerEvent = {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  /** The node that speaks, `name@host`. */
  readonly node: string;
} & (
  | { readonly type: "listening"; readonly host: string; readonly port: number }
  | { readonly type: "drained"; readonly cut: number }
  | (Incident & { readonly suppressed: number })
);

/** What went wrong for one client. `failure` is whatever was thrown. */
export type Incident =
  | { readonly type: "accept-failed"; readonly failure: unknown }
  | { readonly type: "too-many-connections"; readonly connectionLimit: number }
  | { readonly type: "slow-reader-cut"; readonly pendingBytes: number }
  | { readonly type: "connection-crashed"; readonly failure: unknown }
  | { readonly type: "request-failed"; readonly code: string; readonly failure: unknown }
  | { readonly type: "wrong-password" };

const events = channel(serverChannel);

/** Hands `event` to whoever listens. */
export function emit(event: ServerEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
