import type { Kv } from "@kv/kv";
import type { Client } from "../src/client.ts";
import type { FrontDoor } from "../src/front-door.ts";
import { Outbox } from "../src/outbox.ts";
import { OutputBuffer } from "../src/output-buffer.ts";
import { PendingTotal } from "../src/pending-total.ts";
import { Presence } from "../src/presence.ts";
import type { Protocol } from "../src/protocol.ts";
import { ServerLog } from "../src/server-log.ts";
import { adoptIntoSharedBuffer } from "../src/socket.ts";
import { Users } from "../src/users.ts";
import { defaults } from "./start-test-listener.ts";

/** What a test may choose about a door that nobody listens at: time stands still and chance is always 0 by default. */
export type TestDoorOptions = Partial<Pick<FrontDoor, "environment" | "unixTimeMs" | "random">>;

/** What sessions share at a door without sockets. */
export function createTestDoor(
  kv: Kv,
  protocol: Protocol,
  options: TestDoorOptions = {},
): FrontDoor {
  const { environment = defaults(), unixTimeMs = () => 0, random = () => 0 } = options;
  const output = new OutputBuffer();
  return {
    kv,
    protocol,
    environment,
    users: new Users(() => environment.users, {}),
    output,
    outbox: new Outbox(output),
    pending: new PendingTotal(() => environment.pendingTotalLimitBytes),
    presence: new Presence(),
    log: new ServerLog(kv.node, () => 0),
    adopt: adoptIntoSharedBuffer(),
    clients: NOBODY,
    clock: () => 0,
    unixTimeMs,
    random,
  };
}

/** No client at all. */
const NOBODY = { size: 0, [Symbol.iterator]: () => [][Symbol.iterator]() };

/** A client that does nothing and has logged in. */
export const SOMEBODY: Client = {
  id: 1,
  peer: "127.0.0.1:1",
  local: "127.0.0.1:2",
  acceptedAtMs: 0,
  activeAtMs: 0,
  user: undefined,
  isAdmitted: true,
  cut: () => {},
  drain: () => {},
};
