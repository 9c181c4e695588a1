import { answerAtLength, answerError, answerWith } from "../../../answers.ts";
import type { Arguments } from "../../../arguments.ts";
import type { CommandRow } from "../../../command-row.ts";
import type { Conversation } from "../../../conversation.ts";
import { commandOf, type Subcommand } from "../../../subcommands.ts";
import { appendArray, appendInteger, appendMap, appendNull } from "../../../writer.ts";
import { appendDetails } from "./details.ts";
import { appendDocs } from "./docs.ts";
import { GETKEYS } from "./get-keys.ts";
import { LIST } from "./list.ts";
import { longAnswerBytes, namesLimit, tooManyNamesError } from "../names-limit.ts";
import { findCommand } from "./find-command.ts";

const COUNT: Subcommand = {
  name: "COUNT",
  arity: 2,
  summary: "Returns how many commands there are.",
  since: "2.8.13",
  request: (_words, { commands }) =>
    answerWith((output) => appendInteger(output, commands.rows.length)),
};

const INFO: Subcommand = {
  name: "INFO",
  arity: -2,
  summary: "Returns arity, flags and keys of commands.",
  since: "2.8.13",
  request: (words, conversation) => {
    if (words.count > namesLimit + 2) return answerError(tooManyNamesError);
    const rows = rowsAt(words, conversation) ?? conversation.commands.rows;
    return answerAtLength(rows.length * longAnswerBytes, (output) => {
      const { version } = conversation;
      appendArray(output, rows.length);
      for (const row of rows) {
        if (row === undefined) appendNull(output, version);
        else appendDetails(row, output, version);
      }
    });
  },
};

const DOCS: Subcommand = {
  name: "DOCS",
  arity: -2,
  summary: "Returns what commands are for.",
  since: "7.0.0",
  request: (words, conversation) => {
    if (words.count > namesLimit + 2) return answerError(tooManyNamesError);
    const named = rowsAt(words, conversation) ?? conversation.commands.rows;
    const rows = named.filter((row) => row !== undefined);
    return answerAtLength(rows.length * longAnswerBytes, (output) => {
      appendMap(output, rows.length, conversation.version);
      for (const row of rows) appendDocs(row, output, conversation.version);
    });
  },
};

/** `COMMAND`: what commands there are. */
export const COMMAND: CommandRow = commandOf(
  {
    name: "COMMAND",
    arity: -1,
    flags: ["loading", "stale"],
    categories: ["connection"],
    keys: [0, 0, 0],
    summary: "Returns arity, flags and keys of all commands.",
    group: "server",
    since: "2.8.13",
  },
  [COUNT, DOCS, GETKEYS, INFO, LIST],
  INFO.request,
);

/** The commands named by the words from the third on; `undefined` when there are none of those. */
function rowsAt(
  words: Arguments,
  { commands }: Conversation,
): readonly (CommandRow | undefined)[] | undefined {
  if (words.count <= 2) return undefined;
  return Array.from({ length: words.count - 2 }, (_, index) =>
    findCommand(commands, words.bytes(index + 2)),
  );
}
