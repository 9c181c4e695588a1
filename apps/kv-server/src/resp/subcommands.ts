import type { Request } from "../request.ts";
import { answerAnybodyError, answerAtLength } from "./answers.ts";
import type { Arguments } from "./arguments.ts";
import type { CommandRow } from "./command-row.ts";
import type { Conversation } from "./conversation.ts";
import { unknownSubcommandError, wrongNumberError } from "./errors.ts";
import { appendArray, appendSimple } from "./writer.ts";

/** No part of a command has a longer name. */
const longestName = 32;

/** What a part of a command is, beside what all parts of its command have in common. */
export type Subcommand = Pick<CommandRow, "name" | "arity" | "summary" | "since" | "request"> &
  Partial<Pick<CommandRow, "flags">>;

type Family = Omit<CommandRow, "request" | "subcommands">;

/**
 * The command `family`, whose second word says which of `parts` is meant. `HELP` comes by itself: it lists them. Without
 * a second word, where the arity allows that, it is `alone` that is asked for.
 */
export function commandOf(
  family: Family,
  parts: readonly Subcommand[],
  alone?: CommandRow["request"],
): CommandRow {
  const subcommands = [...parts, helpOf(family.name, parts)].map((part) => partOf(family, part));
  const byName = new Map(subcommands.map((row) => [row.name.slice(family.name.length + 1), row]));
  return {
    ...family,
    // What is no command without its second word has no flags; its parts have.
    flags: alone === undefined ? [] : family.flags,
    subcommands,
    request: (words, conversation): Request => {
      if (words.count === 1) return alone?.(words, conversation) ?? wrongNumber(family.name);
      const row = byName.get(nameAt(words));
      if (row === undefined) return answerAnybodyError(unknownSubcommandError(words, family.name));
      return requestOf(row, words, conversation);
    },
  };
}

function partOf(
  family: Family,
  { name, arity, summary, since, request, flags }: Subcommand,
): CommandRow {
  const { keys, group } = family;
  const fullName = `${family.name}|${name}`;
  return {
    name: fullName,
    arity,
    flags: flags ?? family.flags,
    keys,
    summary,
    group,
    since,
    request,
  };
}

function requestOf(row: CommandRow, words: Arguments, conversation: Conversation): Request {
  const { arity, name } = row;
  const isRight = arity < 0 ? words.count >= -arity : words.count === arity;
  if (!isRight) return wrongNumber(name);
  conversation.latest = row;
  return row.request(words, conversation);
}

function nameAt(words: Arguments): string {
  return words.bytes(1).length > longestName ? "" : words.text(1).toUpperCase();
}

function wrongNumber(name: string): Request {
  return answerAnybodyError(wrongNumberError(name));
}

function helpOf(command: string, parts: readonly Subcommand[]): Subcommand {
  const lines = [
    `${command} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`,
    ...parts.flatMap(({ name, summary }) => [name, `    ${summary}`]),
    "HELP",
    "    Prints this help.",
  ];
  return {
    name: "HELP",
    arity: 2,
    summary: "Lists the subcommands.",
    since: "5.0.0",
    request: () =>
      answerAtLength(lines.join("").length, (output) => {
        appendArray(output, lines.length);
        for (const line of lines) appendSimple(output, line);
      }),
  };
}
