import type { RoutingTable } from "../../routing-table.ts";
import { parseRoutingText } from "../../routing-text.ts";
import { misuse } from "../misuse.ts";

/** The argument `table` of the commands about the routing table. */
export const tableDescription =
  "for instance a-m=foo,n-z=bar; a name without a host is on this one";

/** The table that was typed. Throws `COMMAND_USAGE`. */
export function typedTable(text: string): RoutingTable {
  const parsed = parseRoutingText(text);
  if (parsed.type === "malformed") throw misuse(parsed.reason);
  if (parsed.table.length === 0) throw misuse("a table without an entry has room for no bucket");
  return parsed.table;
}
