import { answerError, answerWith } from "../../answers.ts";
import type { CommandRow } from "../../command-row.ts";
import { notAnIntegerError } from "../../errors.ts";
import { parseInt64 } from "../../../execute/int64.ts";
import { appendSimple } from "../../writer.ts";

/** Redis reads the number of a database as one of 32 bits. */
const least = -(2n ** 31n);
const most = 2n ** 31n - 1n;

const SELECTED = answerWith((output) => appendSimple(output, "OK"));

/** `SELECT 0`: there is one database, which is selected already. */
export const SELECT: CommandRow = {
  name: "SELECT",
  arity: 2,
  flags: ["loading", "stale", "fast"],
  keys: [0, 0, 0],
  summary: "Selects a database: there is only 0.",
  group: "connection",
  since: "1.0.0",
  request: (words) => {
    const index = parseInt64(words.bytes(1));
    if (index === undefined) return answerError(notAnIntegerError);
    if (index < least || index > most) {
      return answerError(`ERR value is out of range, value must between ${least} and ${most}`);
    }
    return index === 0n ? SELECTED : answerError("ERR DB index is out of range");
  },
};
