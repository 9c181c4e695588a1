import { formatBytes, type NodeCommand } from "@kv/application";
import type { CompactionResult } from "@kv/storage";
import type { NodeKv } from "../kv.ts";
import { maintenanceOptions, notOffered } from "./maintain.ts";

/** `compact`: gives the space of what is dead back to the disk, while the node serves on. */
export const compactCommand: NodeCommand<NodeKv, CompactionResult, never> = {
  name: "compact",
  summary: "Gives the space of what is dead back to the disk",
  where: "node",
  level: "info",
  run: async (context) => {
    const maintenance = context.api.maintenance();
    if (maintenance.compact === undefined) throw notOffered("compact");
    return await maintenance.compact(maintenanceOptions("Compacted", context));
  },
  format: ({ beforeBytes, afterBytes }) =>
    `Compacted ${formatBytes(beforeBytes)} to ${formatBytes(afterBytes)}`,
};
