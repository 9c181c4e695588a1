import { channel } from "node:diagnostics_channel";
import type { DoorName } from "./door.ts";

/** The diagnostics channel on which this package speaks. Nothing is printed here. */
export const serverChannel = "kv.server";

/**
 * What the front doors have to say.
 *
 * Every event has the shape that any subscriber can show without knowing it: `level`, `message` for a person,
 * `type` for a program; the other members are data. Of the incidents of one kind one a second is told in full; when
 * the second is over, *more-incidents* tells how many were left out, of the `kind` that is their `type`
 * or the `code` of their failure.
 */
export type ServerEvent = {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  /** The node that speaks, `name@host`. */
  readonly node: string;
} & (
  | {
      readonly type: "listening";
      readonly door: DoorName;
      readonly host: string;
      readonly port: number;
      readonly isTls: boolean;
    }
  | { readonly type: "drained"; readonly door: DoorName; readonly cut: number }
  | {
      readonly type: "certificate-loaded" | "certificate-expires" | "certificate-expired";
      readonly subject: string;
      readonly expiresAtMs: number;
    }
  | { readonly type: "more-incidents"; readonly kind: string; readonly count: number }
  | Incident
);

/** What went wrong for one client, `peer` as `address:port`. `failure` is whatever was thrown. */
export type Incident =
  | { readonly type: "accept-failed"; readonly failure: unknown }
  | {
      readonly type: "too-many-connections";
      readonly peer: string;
      readonly connectionLimit: number;
    }
  | { readonly type: "slow-reader-cut"; readonly peer: string; readonly pendingBytes: number }
  | { readonly type: "connection-crashed"; readonly peer: string; readonly failure: unknown }
  | { readonly type: "request-failed"; readonly code: string; readonly failure: unknown }
  | { readonly type: "wrong-password"; readonly peer: string }
  | { readonly type: "too-many-logins"; readonly peer: string }
  | { readonly type: "handshake-failed"; readonly peer: string; readonly reason: string }
  | { readonly type: "tls-refused"; readonly peer: string };

const events = channel(serverChannel);

/** Hands `event` to whoever listens. */
export function emit(event: ServerEvent): void {
  if (events.hasSubscribers) events.publish(event);
}
