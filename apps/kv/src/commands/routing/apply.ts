import { formatBytes, type NodeCommand } from "@kv/application";
import type { NodeKv } from "../../kv.ts";
import type { RoutingApplied } from "../../moves/coordinator.ts";
import { counted } from "../counted.ts";
import { misuse } from "../misuse.ts";
import { routingOf } from "./routing-of.ts";
import { tableDescription, typedTable } from "./typed-table.ts";

/** A plan that was forgotten. */
export interface RoutingAbandoned {
  readonly planId: string;
  readonly table: string;
  readonly isAbandoned: true;
}

/** `routing apply`: gives a table to all nodes, and moves the buckets while they serve. */
export const routingApplyCommand: NodeCommand<NodeKv, RoutingApplied | RoutingAbandoned, never> = {
  name: "routing apply",
  summary: "Gives a routing table to all nodes and moves the buckets, while they serve",
  description:
    "Without a table it finishes a change that is under way, also one that another node has begun. When it is stopped, buckets go on moving; type it again to see it through. The table is kept by the nodes: it beats the one of their configuration.",
  arguments: [{ name: "table", description: tableDescription, optional: true }],
  options: [
    {
      name: "abandon",
      type: "boolean",
      description: "forget a change that all nodes were asked for and none has begun",
    },
  ],
  where: "node",
  level: "info",
  run: async ({ api, system, words, options, ...watch }) => {
    const routing = routingOf({ api, system });
    const text = words.optional("table");
    if (options.flag("abandon")) {
      if (text !== undefined) throw misuse("--abandon takes no table");
      return { ...(await routing.abandon()), isAbandoned: true };
    }
    return routing.apply(text === undefined ? undefined : typedTable(text), watch);
  },
  format: (result) => {
    if ("isAbandoned" in result) return `Forgot the change to ${result.table}`;
    const { table, nodes, movedBuckets, movedBytes, longestPauseMs } = result;
    const head = `${table} is in force on ${nodes.join(", ")}`;
    if (movedBuckets === 0) return `${head}; nothing had to move`;
    const pause = `requests for a bucket waited for ${Math.ceil(longestPauseMs)} ms at most`;
    return `${head}\nMoved ${counted(movedBuckets, "bucket")}, ${formatBytes(movedBytes)}; ${pause}`;
  },
};
