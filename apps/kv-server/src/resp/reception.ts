import type { Client } from "../client.ts";
import type { FrontDoor } from "../front-door.ts";
import type { Conversation } from "./conversation.ts";

/** What all conversations at one door share: figures for INFO, and what CLIENT LIST tells of each. */
export interface Reception {
  /** When the first client came, by the door's clock. */
  readonly openedAtMs: number;
  /** Connections there have been. */
  connections: number;
  /** Requests that were a command with the right number of words, whatever became of them. */
  commands: number;
  /** The conversation with each client that is there. */
  readonly conversations: WeakMap<Client, Conversation>;
}

/** A door knows nothing of what is spoken at it: so it is found by the door, and goes with it. */
const receptions = new WeakMap<FrontDoor, Reception>();

/** The one at `door`. */
export function receptionAt(door: FrontDoor): Reception {
  const known = receptions.get(door);
  if (known !== undefined) return known;
  const reception: Reception = {
    openedAtMs: door.clock(),
    connections: 0,
    commands: 0,
    conversations: new WeakMap(),
  };
  receptions.set(door, reception);
  return reception;
}
