import { formOf } from "../../answers.ts";
import type { CommandRow } from "../../command-row.ts";
import { appendSimple } from "../../writer.ts";

const form = formOf((output) => appendSimple(output, "RESET"));

/** `RESET`: the connection is as it was when it came, and whoever has logged in has not any more. */
export const RESET: CommandRow = {
  name: "RESET",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  keys: [0, 0, 0],
  summary: "Resets the connection.",
  group: "connection",
  since: "6.2.0",
  request: (_words, conversation) => ({
    type: "log-out",
    form,
    perform: () => {
      conversation.version = 2;
      conversation.name = "";
    },
  }),
};
