import type { NodeName } from "@kv/cluster";
import type { Chance } from "@kv/cluster/testing";
import type { RoutingEntry, RoutingTable } from "../routing-table.ts";

/** First bytes of bucket names, and the node that stores those of each. */
export type Homes = ReadonlyMap<string, NodeName>;

/** Draws the home of every group of buckets. */
export function drawHomes(
  chance: Chance,
  groups: readonly string[],
  nodes: readonly NodeName[],
): Homes {
  return new Map(groups.map((group) => [group, chance.pick(nodes)]));
}

/** The table by which every group is at its home. */
export function rightTable(homes: Homes): RoutingTable {
  return [...homes].map(([group, node]) => entry(group, node));
}

/**
 * A table of `self` that may send a request anywhere but home: in circles, to a node that is not there, nowhere. Only a group's home
 * ever names itself for it: where two nodes do, each makes buckets of its own, and both are right.
 */
export function drawTable(
  chance: Chance,
  homes: Homes,
  { self, nodes }: { readonly self: NodeName; readonly nodes: readonly NodeName[] },
): RoutingTable {
  return [...homes].flatMap(([group, home]) => {
    if (chance.percent(4)) return [];
    if (chance.percent(home === self ? 80 : 50)) return [entry(group, home)];
    const others = nodes.filter((node) => node !== self);
    return [entry(group, chance.pick(others))];
  });
}

/** Who has the buckets of that name by a table of one entry for each first byte. */
export function ownerOf(table: RoutingTable, bucket: string): string | undefined {
  const byte = bucket.charCodeAt(0);
  return table.find(({ from }) => from === byte)?.node;
}

function entry(group: string, node: NodeName): RoutingEntry {
  const byte = group.charCodeAt(0);
  return { from: byte, to: byte, node };
}
