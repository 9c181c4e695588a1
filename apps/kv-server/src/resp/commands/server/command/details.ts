import type { OutputBuffer } from "../../../../output-buffer.ts";
import type { CommandRow } from "../../../command-row.ts";
import type { RespVersion } from "../../../conversation.ts";
import {
  appendArray,
  appendInteger,
  appendSet,
  appendSimple,
  appendText,
} from "../../../writer.ts";
import { categoriesOf } from "./categories.ts";

/**
 * Appends one command as COMMAND tells of it: name, arity, flags, first key, last key, step, categories, tips, key
 * specifications, subcommands. There are no tips, and nothing that key specifications could add.
 */
export function appendDetails(row: CommandRow, output: OutputBuffer, version: RespVersion): void {
  const { name, arity, flags, keys, subcommands = [] } = row;
  appendArray(output, 10);
  appendText(output, name.toLowerCase());
  appendInteger(output, arity);
  appendWords(flags, output, version);
  for (const key of keys) appendInteger(output, key);
  appendWords(
    categoriesOf(row).map((category) => `@${category}`),
    output,
    version,
  );
  appendSet(output, 0, version);
  appendSet(output, 0, version);
  if (subcommands.length === 0) appendSet(output, 0, version);
  else appendArray(output, subcommands.length);
  for (const subcommand of subcommands) appendDetails(subcommand, output, version);
}

function appendWords(words: readonly string[], output: OutputBuffer, version: RespVersion): void {
  appendSet(output, words.length, version);
  for (const word of words) appendSimple(output, word);
}
