import type { CommandRow } from "../command-row.ts";
import { CONNECTION_COMMANDS } from "./connection/connection-commands.ts";
import { dataCommands } from "./data/data-commands.ts";
import { SERVER_COMMANDS } from "./server/server-commands.ts";

/** Every command of the RESP door. */
export const COMMANDS: readonly CommandRow[] = [
  ...CONNECTION_COMMANDS,
  ...SERVER_COMMANDS,
  ...dataCommands,
];
