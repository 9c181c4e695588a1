import { problemOf, type RoutingEntry, type RoutingTable } from "./routing-table.ts";

/**
 * The short form of a routing table, for a variable or a command line.
 *
 * ```text
 * table = [ entry *( "," entry ) ]
 * entry = byte [ "-" byte ] "=" node
 * byte  = a printable ASCII character but "-" "," "=" "\" and the space / "\x" 2HEXDIG
 * node  = name [ "@" host ] / "self"
 * ```
 *
 * White space around entries, bytes and names does not count. For instance `a-m=foo,n-z=bar` or `\x00-\xff=self`.
 */
export type RoutingText =
  | { readonly type: "table"; readonly table: RoutingTable }
  | { readonly type: "malformed"; readonly reason: string };

const BYTE = String.raw`(?:\\x[0-9A-Fa-f]{2}|[!-+./0-9:;<>?@A-Z[\]^_${"`"}a-z{|}~])`;
const ENTRY = new RegExp(
  String.raw`^(?<from>${BYTE})(?:\s*-\s*(?<to>${BYTE}))?\s*=\s*(?<node>.+)$`,
  "u",
);

/** Parses the short form; the reason names the entry that is wrong. */
export function parseRoutingText(text: string): RoutingText {
  const table: RoutingEntry[] = [];
  for (const part of text.trim() === "" ? [] : text.split(",")) {
    const written = part.trim();
    const entry = parseEntry(written);
    if (entry === undefined) {
      return malformed(written, "it is not of the form a-m=node or a=node");
    }
    const problem = problemOf(entry);
    if (problem !== undefined) return malformed(written, problem);
    table.push(entry);
  }
  return { type: "table", table };
}

/** Writes a table in the short form, such that {@link parseRoutingText} reads the same table. */
export function formatRoutingText(table: RoutingTable): string {
  return table
    .map(({ from, to, node }) => {
      const range = from === to ? formatByte(from) : `${formatByte(from)}-${formatByte(to)}`;
      return `${range}=${node}`;
    })
    .join(",");
}

function malformed(entry: string, reason: string): RoutingText {
  return { type: "malformed", reason: `"${entry}": ${reason}` };
}

function parseEntry(text: string): RoutingEntry | undefined {
  const groups = ENTRY.exec(text)?.groups;
  const from = groups?.["from"];
  const node = groups?.["node"];
  if (from === undefined || node === undefined) return undefined;
  return { from: parseByte(from), to: parseByte(groups?.["to"] ?? from), node };
}

/** The byte that `text` stands for: one character, or `\x` and two hexadecimal digits. */
function parseByte(text: string): number {
  return text.length === 1 ? text.charCodeAt(0) : Number.parseInt(text.slice(2), 16);
}

function formatByte(byte: number): string {
  const text = String.fromCharCode(byte);
  const isPlain = byte > 0x20 && byte < 0x7f && !"-,=\\".includes(text);
  return isPlain ? text : `\\x${byte.toString(16).padStart(2, "0")}`;
}
