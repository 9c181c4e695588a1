import { answerAtLength, answerError, answerWith } from "../../answers.ts";
import type { CommandRow } from "../../command-row.ts";
import { wrongNumberError } from "../../errors.ts";
import { appendBulk, appendSimple } from "../../writer.ts";

const PONG = answerWith((output) => appendSimple(output, "PONG"));

/** `PING [message]`: says PONG, or the message. */
export const PING: CommandRow = {
  name: "PING",
  arity: -1,
  flags: ["fast"],
  keys: [0, 0, 0],
  summary: "Returns PONG, or the message that it is given.",
  group: "connection",
  since: "1.0.0",
  request: (words) => {
    if (words.count === 1) return PONG;
    if (words.count > 2) return answerError(wrongNumberError("ping"));
    const message = Uint8Array.from(words.bytes(1));
    return answerAtLength(message.length, (output) => appendBulk(output, message));
  },
};
