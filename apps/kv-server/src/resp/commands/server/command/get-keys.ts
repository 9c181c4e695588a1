import { answerError, answerWith } from "../../../answers.ts";
import type { Arguments } from "../../../arguments.ts";
import type { CommandRow } from "../../../command-row.ts";
import type { Subcommand } from "../../../subcommands.ts";
import { appendArray, appendBulk } from "../../../writer.ts";

/** Words before the command that is asked about. */
const before = 2;

/** `COMMAND GETKEYS command …`: which words of a whole command are names of buckets. */
export const GETKEYS: Subcommand = {
  name: "GETKEYS",
  arity: -4,
  summary: "Returns those words of a command that name buckets.",
  since: "2.8.13",
  request: (words, { commands }) => {
    const name = words.bytes(before);
    const row = commands.find(name, 0, name.length);
    if (row === undefined) return answerError("ERR Invalid command specified");
    const [first] = row.keys;
    if (first === 0) return answerError("ERR The command has no key arguments");
    const count = words.count - before;
    if (row.arity < 0 ? count < -row.arity : count !== row.arity)
      return answerError("ERR Invalid number of arguments specified for command");
    const keys = keysOf(row, words);
    return answerWith((output) => {
      appendArray(output, keys.length);
      for (const key of keys) appendBulk(output, key);
    });
  },
};

function keysOf({ keys: [first, last, step] }: CommandRow, words: Arguments): Uint8Array[] {
  const end = last < 0 ? words.count + last : before + last;
  const keys: Uint8Array[] = [];
  for (let index = before + first; index <= end; index += step)
    keys.push(Uint8Array.from(words.bytes(index)));
  return keys;
}
