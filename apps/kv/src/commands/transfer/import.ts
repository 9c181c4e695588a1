import type { NodeCommand } from "@kv/application";
import type { NodeKv } from "../../kv.ts";
import { counted } from "../counted.ts";
import { importBeside, type Imported } from "./import-file.ts";
import { type Acknowledged, importIntoNode } from "./import-node.ts";

/** `import`: puts what an export holds into a node. */
export const importCommand: NodeCommand<NodeKv, Imported, Acknowledged> = {
  name: "import",
  summary: "Puts the buckets and keys of an export into the node",
  description: [
    "Buckets that are not there are made, keys that are there are replaced, what else there is stays; a delta, of export --since, removes what is gone. The store gives revisions of its own.",
    "The file is read here, not where the node is; - is standard input. It is checked before anything is put. How far it has come is kept in FILE.progress, so that an import that was broken off, by whatever, goes on with --resume.",
  ].join("\n\n"),
  arguments: [{ name: "file", description: "what export has written" }],
  options: [
    { name: "resume", type: "boolean", description: "go on behind what was imported already" },
    {
      name: "incomplete",
      type: "boolean",
      description: "take a file without an end: one that was cut, or was written by hand",
    },
  ],
  where: "node",
  level: "info",
  run: async (context) => {
    const acknowledged = await importIntoNode(context);
    // What the operator is told comes from `beside`, which knows the file.
    return { ...acknowledged, file: "", resumedAtLine: 0, cutBytes: 0 };
  },
  beside: importBeside,
  format: ({ file, buckets, keys, skipped, removed, cutBytes }) =>
    [
      `Imported ${content(buckets, keys)} from ${file}`,
      ...(removed === 0 ? [] : [`removed ${removed} that are gone where it comes from`]),
      ...(skipped === 0
        ? []
        : [`left out ${counted(skipped, "key")} of buckets that have expired`]),
      ...(cutBytes === 0
        ? []
        : [`left out a last line that was cut (${counted(cutBytes, "byte")})`]),
    ].join("; "),
};

/** Lines written by hand need none for buckets: "0 buckets" would say that none was made. */
function content(buckets: number, keys: number): string {
  const named = counted(keys, "key");
  return buckets === 0 ? named : `${counted(buckets, "bucket")} and ${named}`;
}
