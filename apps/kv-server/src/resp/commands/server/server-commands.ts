import type { CommandRow } from "../../command-row.ts";
import { COMMAND } from "./command/command.ts";
import { CONFIG } from "./config.ts";
import { INFO } from "./info.ts";
import { TIME } from "./time.ts";

/** The commands about the server. */
export const SERVER_COMMANDS: readonly CommandRow[] = [COMMAND, CONFIG, INFO, TIME];
