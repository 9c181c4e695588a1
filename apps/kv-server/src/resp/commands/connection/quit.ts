import { leaveWith } from "../../answers.ts";
import type { CommandRow } from "../../command-row.ts";
import { appendSimple } from "../../writer.ts";

const GOODBYE = leaveWith((output) => appendSimple(output, "OK"));

/** `QUIT`: ends the connection when everything before it is answered. */
export const QUIT: CommandRow = {
  name: "QUIT",
  arity: -1,
  flags: ["allow_busy", "noscript", "loading", "stale", "fast", "no_auth"],
  keys: [0, 0, 0],
  summary: "Closes the connection.",
  group: "connection",
  since: "1.0.0",
  request: () => GOODBYE,
};
