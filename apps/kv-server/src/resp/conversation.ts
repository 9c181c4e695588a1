import type { Client } from "../client.ts";
import type { FrontDoor } from "../front-door.ts";
import type { CommandRow } from "./command-row.ts";
import type { CommandTable } from "./command-table.ts";
import type { Reception } from "./reception.ts";

/** The version of RESP that a connection speaks: 2 until HELLO says otherwise. */
export type RespVersion = 2 | 3;

/** What a connection that speaks RESP has been told about its client, and whom it talks to. */
export interface Conversation {
  version: RespVersion;
  /** What CLIENT SETNAME gave it; empty for none. */
  name: string;
  /** What CLIENT SETINFO gave it; empty for none. */
  libraryName: string;
  libraryVersion: string;
  /** What was asked last. */
  latest: CommandRow | undefined;
  /** All commands there are. */
  readonly commands: CommandTable;
  readonly client: Client;
  /** What its listener serves, and within which limits. */
  readonly door: FrontDoor;
  /** What all conversations at this door share. */
  readonly reception: Reception;
}
