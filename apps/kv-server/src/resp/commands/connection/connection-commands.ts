import type { CommandRow } from "../../command-row.ts";
import { AUTH } from "./auth.ts";
import { CLIENT } from "./client/client.ts";
import { ECHO } from "./echo.ts";
import { HELLO } from "./hello.ts";
import { PING } from "./ping.ts";
import { QUIT } from "./quit.ts";
import { RESET } from "./reset.ts";
import { SELECT } from "./select.ts";

/** The commands about the connection they come by. */
export const CONNECTION_COMMANDS: readonly CommandRow[] = [
  AUTH,
  CLIENT,
  ECHO,
  HELLO,
  PING,
  QUIT,
  RESET,
  SELECT,
];
