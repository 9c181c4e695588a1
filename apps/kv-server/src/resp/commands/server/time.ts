import { answerWith } from "../../answers.ts";
import type { CommandRow } from "../../command-row.ts";
import { appendArray, appendText } from "../../writer.ts";

/** `TIME`: the time of day of this node, as whole seconds since 1970 and the microseconds beyond. */
export const TIME: CommandRow = {
  name: "TIME",
  arity: 1,
  flags: ["loading", "stale", "fast"],
  keys: [0, 0, 0],
  summary: "Returns the time of day.",
  group: "server",
  since: "2.6.0",
  request: (_words, { door }) =>
    answerWith((output) => {
      const nowMs = door.unixTimeMs();
      appendArray(output, 2);
      appendText(output, String(Math.floor(nowMs / 1000)));
      appendText(output, String((nowMs % 1000) * 1000));
    }),
};
