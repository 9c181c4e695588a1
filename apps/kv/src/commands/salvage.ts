import { formatBytes, type StandaloneCommand } from "@kv/application";
import { type SalvageReport, salvageStore } from "@kv/storage";
import { counted } from "./counted.ts";
import { maintenanceOptions } from "./maintain.ts";
import { requiredPath } from "./typed-path.ts";

/** `salvage DIR NEWDIR`: writes what can be read of a damaged store into a new one. */
export const salvageCommand: StandaloneCommand<SalvageReport, never> = {
  name: "salvage",
  summary: "Writes what can be read of a damaged store into a new one",
  description:
    "Nothing in DIR is changed. Every value in the new store is proven by its checksum; what is lost or doubtful is said.",
  arguments: [
    { name: "dir", description: "the folder of the damaged store, which no node uses" },
    { name: "newdir", description: "a folder that is not there yet, or is empty" },
  ],
  where: "standalone",
  run: (context) => {
    const directory = requiredPath(context, "dir");
    const stores = { directory, target: requiredPath(context, "newdir") };
    return salvageStore({ ...stores, ...maintenanceOptions("Salvaged", context) });
  },
  format: ({ target, kept, remarks }) => {
    const content = `${counted(kept.keys, "key")} in ${counted(kept.buckets, "bucket")}`;
    const summary = `Wrote ${content} to "${target}", ${formatBytes(kept.bytes)}`;
    const verdict = remarks.length === 0 ? "Nothing was lost" : "What was lost, or is doubtful:";
    return [summary, verdict, ...remarks.map((remark) => `- ${remark}`)].join("\n");
  },
  exitCode: ({ isWhole }) => (isWhole ? 0 : 1),
};
