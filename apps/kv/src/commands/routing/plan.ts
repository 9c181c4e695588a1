import { formatBytes, formatColumns, type NodeCommand } from "@kv/application";
import type { NodeKv } from "../../kv.ts";
import type { RoutingPlanned } from "../../moves/coordinator.ts";
import { routingOf } from "./routing-of.ts";
import { tableDescription, typedTable } from "./typed-table.ts";

/** `routing plan`: what a table would move. Nothing is changed. */
export const routingPlanCommand: NodeCommand<NodeKv, RoutingPlanned, never> = {
  name: "routing plan",
  summary: "Shows which buckets a routing table would move, and changes nothing",
  description:
    "Asks every node that would take part: those of the old table and the new one, and all that are linked with any of them. Bytes are those of keys and values.",
  arguments: [{ name: "table", description: tableDescription }],
  where: "node",
  run: ({ api, system, words, ...watch }) =>
    routingOf({ api, system }).plan(typedTable(words.text("table")), watch),
  format: ({ table, nodes, moves }) => {
    const head = `${table}, on ${nodes.join(", ")}`;
    if (moves.length === 0) return `${head}: nothing would move`;
    const rows = moves.map(({ from, to, buckets, bytes }) => [
      from,
      to,
      buckets.toLocaleString("en-US"),
      formatBytes(bytes),
    ]);
    return `${head}\n${formatColumns([["FROM", "TO", "BUCKETS", "BYTES"], ...rows])}`;
  },
};
