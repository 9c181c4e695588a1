import { resolve } from "node:path";
import { formatBytes, type NodeCommand } from "@kv/application";
import type { BackupResult } from "@kv/storage";
import * as v from "valibot";
import type { NodeKv } from "../kv.ts";
import { counted } from "./counted.ts";
import { maintenanceOptions, notOffered } from "./maintain.ts";
import { requiredPath } from "./typed-path.ts";

const parameters = v.object({ directory: v.string() });

/** `backup DIR`: a copy of the store that opens as one, taken while the node serves on. */
export const backupCommand: NodeCommand<NodeKv, BackupResult, never> = {
  name: "backup",
  summary: "Writes a copy of the store that opens as one",
  arguments: [{ name: "dir", description: "a folder that is not there yet" }],
  where: "node",
  level: "info",
  run: async (context) => {
    const maintenance = context.api.maintenance();
    if (maintenance.backup === undefined) throw notOffered("back up");
    const { directory } = v.parse(parameters, context.parameters);
    const options = maintenanceOptions("Copied", context);
    return await maintenance.backup(directory, options);
  },
  beside: async (context) => {
    // The node may stand in another folder than the operator.
    const result = await context.call({
      parameters: { directory: resolve(requiredPath(context, "dir")) },
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the node's part of this very command answers so
    return result as BackupResult;
  },
  format: ({ directory, keys, bytes }) =>
    `Copied ${counted(keys, "key")} (${formatBytes(bytes)}) to ${directory}`,
};
