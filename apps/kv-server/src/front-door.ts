import type { Kv } from "@kv/kv";
import type { Clients } from "./client.ts";
import type { ServerEnvironment } from "./environment.ts";
import type { OutputBuffer } from "./output-buffer.ts";
import type { Outbox } from "./outbox.ts";
import type { PendingTotal } from "./pending-total.ts";
import type { Presence } from "./presence.ts";
import type { Protocol } from "./protocol.ts";
import type { ServerLog } from "./server-log.ts";
import type { AdoptSocket } from "./socket.ts";
import type { Users } from "./users.ts";

/** What all connections of one listener share. */
export interface FrontDoor {
  readonly kv: Kv;
  readonly protocol: Protocol;
  readonly environment: ServerEnvironment;
  readonly users: Users;
  readonly output: OutputBuffer;
  readonly outbox: Outbox;
  readonly pending: PendingTotal;
  readonly presence: Presence;
  readonly log: ServerLog;
  readonly adopt: AdoptSocket;
  readonly clients: Clients;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Unix time in milliseconds: what an expiry is counted from. */
  readonly unixTimeMs: () => number;
  /** From 0 up to but not including 1. */
  readonly random: () => number;
}
