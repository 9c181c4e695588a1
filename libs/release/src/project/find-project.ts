import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import * as v from "valibot";
import { ReleaseError } from "../errors.ts";
import type { Project, ProjectApplication } from "./project.ts";

const manifestSchema = v.object({
  name: v.string("it has no name"),
  version: v.optional(v.string("its version is no text"), "0.0.0"),
  workspaces: v.optional(v.array(v.string(), "its workspaces are no list of folders"), []),
  application: v.optional(
    v.object(
      { module: v.string(), export: v.string() },
      '"application" is not {"module": "./src/application.ts", "export": "NAME"}',
    ),
  ),
});

type Manifest = v.InferOutput<typeof manifestSchema>;

/**
 * Finds out what a project is made of by its `package.json`: an umbrella of the workspaces that name an application, or one
 * that is an application itself. Imports nothing of it. Throws `RELEASE_REFUSED` when the folder is no project, or has no
 * application.
 */
export async function findProject(root: string): Promise<Project> {
  const folder = resolve(root);
  const manifest = await readManifest(join(folder, "package.json"), folder);
  const own = applicationIn(folder, manifest);
  const members = await Promise.all(
    globSync(
      manifest.workspaces.map((pattern) => `${pattern}/package.json`),
      { cwd: folder },
    ).map(async (file) => {
      const path = join(folder, file);
      return applicationIn(join(path, ".."), await readManifest(path, folder));
    }),
  );
  const applications = [own, ...members]
    .filter((application) => application !== undefined)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  if (applications.length === 0) {
    throw refused(
      'There is no application to release: no package here has "application": {"module": "./src/application.ts", "export": "NAME"} in its package.json',
    );
  }
  return {
    root: folder,
    name: unscoped(manifest.name),
    version: manifest.version,
    isUmbrella: own === undefined,
    applications,
  };
}

async function readManifest(path: string, root: string): Promise<Manifest> {
  const name = relative(root, path);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    throw refused(`There is no ${name} in ${root}; run it in the folder of a project`);
  }
  try {
    return v.parse(manifestSchema, JSON.parse(text));
  } catch (error) {
    throw refused(`${name} cannot be used: ${error instanceof Error ? error.message : "?"}`);
  }
}

function applicationIn(
  folder: string,
  { name: packageName, version, application }: Manifest,
): ProjectApplication | undefined {
  if (application === undefined) return undefined;
  return {
    name: unscoped(packageName),
    packageName,
    version,
    module: join(folder, application.module),
    exportName: application.export,
  };
}

function unscoped(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

function refused(problem: string): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem });
}
