import type { OutputBuffer } from "../../../../output-buffer.ts";
import type { CommandRow } from "../../../command-row.ts";
import type { RespVersion } from "../../../conversation.ts";
import { appendMap, appendText } from "../../../writer.ts";

/** Appends a command's name, and a map of what it is for. */
export function appendDocs(row: CommandRow, output: OutputBuffer, version: RespVersion): void {
  const { group, name, since, subcommands, summary } = row;
  appendText(output, name.toLowerCase());
  appendMap(output, subcommands === undefined ? 3 : 4, version);
  for (const [key, value] of Object.entries({ summary, since, group })) {
    appendText(output, key);
    appendText(output, value);
  }
  if (subcommands === undefined) return;
  appendText(output, "subcommands");
  appendMap(output, subcommands.length, version);
  for (const subcommand of subcommands) appendDocs(subcommand, output, version);
}
