import { answerAtLength, answerError } from "../../answers.ts";
import { longAnswerBytes, namesLimit, tooManyNamesError } from "./names-limit.ts";
import type { CommandRow } from "../../command-row.ts";
import { matchesNamePattern } from "../../name-pattern.ts";
import { commandOf, type Subcommand } from "../../subcommands.ts";
import { appendMap, appendText } from "../../writer.ts";
import { SETTINGS } from "./settings.ts";

const GET: Subcommand = {
  name: "GET",
  arity: -3,
  summary: "Returns the settings that match the patterns.",
  since: "2.0.0",
  request: (words, conversation) => {
    if (words.count > namesLimit + 2) return answerError(tooManyNamesError);
    const patterns = Array.from({ length: words.count - 2 }, (_, index) => words.text(index + 2));
    return answerAtLength(longAnswerBytes, (output) => {
      const matching = [...SETTINGS].filter(([name]) =>
        patterns.some((pattern) => matchesNamePattern(pattern, name)),
      );
      appendMap(output, matching.length, conversation.version);
      for (const [name, read] of matching) {
        appendText(output, name);
        appendText(output, read(conversation));
      }
    });
  },
};

/** Settings have names, checks and a place of their own here: Redis' would only cover some, and be forgotten at a start. */
const SET: Subcommand = {
  name: "SET",
  arity: -4,
  summary: "Is refused: a node is configured by its configuration files and its operator.",
  since: "2.0.0",
  request: () =>
    answerError(
      "ERR CONFIG SET is not supported: a node is configured by its configuration files and `npm run kv -- env put`",
    ),
};

/** `CONFIG`: some of Redis' settings, to be read. */
export const CONFIG: CommandRow = commandOf(
  {
    name: "CONFIG",
    arity: -2,
    flags: ["admin", "noscript", "loading", "stale"],
    keys: [0, 0, 0],
    summary: "Commands about the settings of the server.",
    group: "server",
    since: "2.0.0",
  },
  [GET, SET],
);
