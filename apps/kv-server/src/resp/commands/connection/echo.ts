import { answerAtLength } from "../../answers.ts";
import type { CommandRow } from "../../command-row.ts";
import { appendBulk } from "../../writer.ts";

/** `ECHO message`: says it again. */
export const ECHO: CommandRow = {
  name: "ECHO",
  arity: 2,
  flags: ["loading", "stale", "fast"],
  keys: [0, 0, 0],
  summary: "Returns the message that it is given.",
  group: "connection",
  since: "1.0.0",
  request: (words) => {
    const message = Uint8Array.from(words.bytes(1));
    return answerAtLength(message.length, (output) => appendBulk(output, message));
  },
};
