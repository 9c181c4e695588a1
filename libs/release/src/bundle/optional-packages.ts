import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { packageFolders } from "./package-folders.ts";

const manifestSchema = v.object({
  peerDependenciesMeta: v.optional(
    v.record(v.string(), v.object({ optional: v.optional(v.boolean(), false) })),
    {},
  ),
});

/** The packages that those which `modules`, paths of files, belong to can do without: optional peers, by their names. */
export async function optionalPackages(modules: readonly string[]): Promise<ReadonlySet<string>> {
  const named = await Promise.all(packageFolders(modules).map(optionalOf));
  return new Set(named.flat());
}

async function optionalOf(folder: string): Promise<readonly string[]> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const { peerDependenciesMeta } = v.parse(manifestSchema, manifest);
  return Object.entries(peerDependenciesMeta).flatMap(([name, { optional }]) =>
    optional ? [name] : [],
  );
}
