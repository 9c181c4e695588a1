import { isNodeReference, type NodeName, parseNodeName } from "@kv/cluster";

/**
 * Which node stores a bucket: an ordered list of ranges over the first byte of the bucket's name. The first
 * range that holds the byte decides.
 */
export type RoutingTable = readonly RoutingEntry[];

/** One range. The bounds are bytes, 0 to 255, both inclusive. */
export interface RoutingEntry {
  readonly from: number;
  readonly to: number;
  /** `foo` on this host, `foo@host`, or `self`: the node that reads the table. */
  readonly node: string;
}

/** Who reads the table: names without a host are on this node's host, and `self` is this node. */
export interface RoutingReader {
  readonly self: NodeName;
  readonly host: string;
}

/** For each possible first byte its owner, `undefined` where the table has no entry. */
export type CompiledRoutingTable = readonly (NodeName | undefined)[];

/** The reason why `entry` cannot stand in a table, or `undefined`. */
export function problemOf(entry: RoutingEntry): string | undefined {
  for (const bound of [entry.from, entry.to]) {
    if (!Number.isInteger(bound) || bound < 0 || bound > 255) return `${bound} is not a byte`;
  }
  if (entry.from > entry.to) return "the range ends before it begins";
  if (!isNodeReference(entry.node)) return `"${entry.node}" is not a node name`;
  return undefined;
}

/** Resolves a table, whose entries {@link problemOf} has passed, into one look-up per byte. */
export function compileRoutingTable(
  table: RoutingTable,
  reader: RoutingReader,
): CompiledRoutingTable {
  const owners = Array.from<NodeName | undefined>({ length: 256 });
  // Backwards, so that the first match is written last and stays.
  for (const { from, to, node } of table.toReversed()) {
    owners.fill(node === "self" ? reader.self : parseNodeName(node, reader.host), from, to + 1);
  }
  return owners;
}
