import { answerError, answerWith } from "../../../answers.ts";
import type { CommandRow } from "../../../command-row.ts";
import { syntaxError } from "../../../errors.ts";
import { commandOf, type Subcommand } from "../../../subcommands.ts";
import { appendInteger, appendSimple } from "../../../writer.ts";
import { INFO, LIST } from "./list.ts";
import { KILL } from "./kill.ts";
import { GETNAME, SETINFO, SETNAME } from "./names.ts";

const OK = answerWith((output) => appendSimple(output, "OK"));

const ID: Subcommand = {
  name: "ID",
  arity: 2,
  summary: "Returns the number of this connection.",
  since: "5.0.0",
  request: (_words, { client }) => answerWith((output) => appendInteger(output, client.id)),
};

/** Replies cannot be left out: every request has one, which is what keeps them apart. */
const REPLY: Subcommand = {
  name: "REPLY",
  arity: 3,
  summary: "Only ON is understood: every request has a reply.",
  since: "3.2.0",
  request: (words) => {
    const mode = words.text(2).toUpperCase();
    if (mode === "ON") return OK;
    return mode === "OFF" || mode === "SKIP"
      ? answerError("ERR CLIENT REPLY OFF and SKIP are not supported: every request has a reply")
      : answerError(syntaxError);
  },
};

/** `CLIENT`: what the connections are called, and an end to some. */
export const CLIENT: CommandRow = commandOf(
  {
    name: "CLIENT",
    arity: -2,
    flags: ["noscript", "loading", "stale"],
    keys: [0, 0, 0],
    summary: "Commands about the connections of clients.",
    group: "connection",
    since: "2.4.0",
  },
  [
    GETNAME,
    ID,
    INFO,
    KILL,
    LIST,
    onOrOff("NO-EVICT", "7.0.0"),
    onOrOff("NO-TOUCH", "7.2.0"),
    REPLY,
    SETINFO,
    SETNAME,
  ],
);

/** What changes nothing here: nothing is ever evicted, and no key remembers when it was read. */
function onOrOff(name: string, since: string): Subcommand {
  return {
    name,
    arity: 3,
    summary: "Takes ON or OFF, and changes nothing: nothing is evicted.",
    since,
    request: (words) =>
      ["ON", "OFF"].includes(words.text(2).toUpperCase()) ? OK : answerError(syntaxError),
  };
}
