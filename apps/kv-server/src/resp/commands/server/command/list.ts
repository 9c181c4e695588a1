import { answerAtLength, answerError } from "../../../answers.ts";
import type { Arguments } from "../../../arguments.ts";
import type { CommandRow } from "../../../command-row.ts";
import { syntaxError } from "../../../errors.ts";
import { matchesNamePattern } from "../../../name-pattern.ts";
import type { Subcommand } from "../../../subcommands.ts";
import { appendArray, appendText } from "../../../writer.ts";
import { categoriesOf } from "./categories.ts";

/** What a name is taken to need in the list, in bytes. */
const nameBytes = 32;

type Filter = (row: CommandRow) => boolean;

/** `COMMAND LIST [FILTERBY (MODULE name | ACLCAT category | PATTERN pattern)]`: names, those of parts too. */
export const LIST: Subcommand = {
  name: "LIST",
  arity: -2,
  summary: "Returns the names of the commands.",
  since: "7.0.0",
  request: (words, { commands }) => {
    const filter = readFilter(words);
    if (filter === undefined) return answerError(syntaxError);
    const names = commands.rows
      .flatMap((row) => [row, ...(row.subcommands ?? [])])
      .filter(filter)
      .map(({ name }) => name.toLowerCase());
    return answerAtLength(names.length * nameBytes, (output) => {
      appendArray(output, names.length);
      for (const name of names) appendText(output, name);
    });
  },
};

function readFilter(words: Arguments): Filter | undefined {
  if (words.count === 2) return () => true;
  if (words.count !== 5 || words.text(2).toUpperCase() !== "FILTERBY") return undefined;
  const wanted = words.text(4).toLowerCase();
  switch (words.text(3).toUpperCase()) {
    case "MODULE":
      return () => false;
    case "ACLCAT":
      return (row) => categoriesOf(row).includes(wanted);
    case "PATTERN":
      return ({ name }) => matchesNamePattern(wanted, name);
    default:
      return undefined;
  }
}
