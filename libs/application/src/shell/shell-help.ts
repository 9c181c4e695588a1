import { formatColumns } from "../control/commands/format-columns.ts";
import type { ShellEntries } from "./shell-entry.ts";

/** What `help()` prints of all entries, or of one. */
export function helpOn(entries: ShellEntries, name: string | undefined): string {
  if (name === undefined) {
    const rows = Object.entries(entries).map(([entry, { doc }]) => [
      entry,
      doc.split("\n", 1)[0] ?? "",
    ]);
    return formatColumns(rows);
  }
  const found = entries[name];
  if (found !== undefined) return `${name}: ${found.doc}`;
  return `There is no help on ${name}; there is some on ${Object.keys(entries).join(", ")}`;
}
