import type { CommandRow } from "../../../command-row.ts";
import type { CommandTable } from "../../../command-table.ts";

const BAR = 0x7c;

/** The command named `get`, in any case, or part of one, as in `config|get`. */
export function findCommand(commands: CommandTable, name: Uint8Array): CommandRow | undefined {
  const bar = name.indexOf(BAR);
  if (bar === -1) return commands.find(name, 0, name.length);
  const text = Buffer.from(name).toString("latin1").toUpperCase();
  return commands.find(name, 0, bar)?.subcommands?.find((row) => row.name === text);
}
