import type { CommandRow } from "../../command-row.ts";

/** The commands that ask for the server. */
export const SERVER_COMMANDS: readonly CommandRow[] = [];
