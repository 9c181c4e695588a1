import { formatBytes, type NodeCommand } from "@kv/application";
import type { NodeKv } from "../../kv.ts";
import { counted } from "../counted.ts";
import { type ExportedDelta, exportDeltaBeside } from "./delta-file.ts";
import { exportDelta, wantsDelta } from "./delta-node.ts";
import { type ExportedFile, exportBeside } from "./export-file.ts";
import { exportFromNode } from "./export-node.ts";

/** `export`: all buckets and keys of a node as NDJSON. */
export const exportCommand: NodeCommand<NodeKv, ExportedFile | ExportedDelta | undefined, never> = {
  name: "export",
  summary: "Writes all buckets and keys as JSON, one object a line",
  description: [
    "The file is written here, not where the node is; without one, or with -, it is standard output. An export that was broken off, by whatever, goes on with --resume.",
    "Writes that come while it runs may be in it or not: it is of no single moment.",
    "With --since it is a delta: import it where that earlier export was imported. To take all that a node has elsewhere and lose nothing: export and import while it serves, then fence on, export --since and import again, and compare by checksum.",
  ].join("\n\n"),
  arguments: [{ name: "file", description: "where to", optional: true }],
  options: [
    { name: "resume", type: "boolean", description: "go on with a file that is not complete" },
    {
      name: "since",
      type: "string",
      description: "write only what has come since this export of the same node, and what is gone",
    },
    { name: "overwrite", type: "boolean", description: "begin anew if the file is there" },
  ],
  where: "node",
  level: "info",
  run: async (context) => {
    const exported = wantsDelta(context)
      ? await exportDelta(context)
      : await exportFromNode(context);
    // What the operator is told comes from `beside`, which knows the file.
    return { ...exported, file: "", bytes: 0, resumedAtBytes: 0 };
  },
  beside: async (context) => {
    const since = context.options.text("since");
    return await (since === undefined ? exportBeside(context) : exportDeltaBeside(since, context));
  },
  format: (exported) => {
    if (exported === undefined) return "";
    const { file, buckets, keys, bytes } = exported;
    if ("since" in exported) return shownDelta(exported);
    return `Exported ${counted(buckets, "bucket")} and ${counted(keys, "key")} to ${file} (${formatBytes(bytes)})`;
  },
};

function shownDelta({
  file,
  since,
  buckets,
  keys,
  dropped,
  deleted,
  bytes,
}: ExportedDelta): string {
  const come = `${counted(buckets, "bucket")} and ${counted(keys, "key")} new or changed`;
  const gone = `${counted(dropped, "bucket")} and ${counted(deleted, "key")} gone`;
  return `Exported what has come since ${since} to ${file} (${formatBytes(bytes)}): ${come}, ${gone}`;
}
