import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import * as v from "valibot";
import { ReleaseError } from "../errors.ts";
import type { Project, ProjectApplication } from "./project.ts";

const manifestSchema = v.object({
  name: v.string("it has no name"),
  version: v.optional(v.string("its version is no text"), "0.0.0"),
  workspaces: v.optional(v.array(v.string(), "its workspaces are no list of folders"), []),
  dependencies: v.optional(v.record(v.string(), v.unknown()), {}),
  application: v.optional(
    v.object(
      { module: v.string(), export: v.string() },
      '"application" is not {"module": "./src/application.ts", "export": "NAME"}',
    ),
  ),
});

type Manifest = v.InferOutput<typeof manifestSchema>;

/** A package that depends on it makes releases of its own. */
const OWN_PACKAGE = "@kv/release";

/**
 * Finds out what a project is made of by its `package.json`: an umbrella of the workspaces that name an application, or one
 * that is an application itself. Workspaces that make releases of their own are other projects, with all that is in them.
 * Imports nothing of it. Throws `RELEASE_REFUSED` when the folder is no project, or has no
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
      return { folder: dirname(path), manifest: await readManifest(path, folder) };
    }),
  );
  const foreign = members.filter((member) => OWN_PACKAGE in member.manifest.dependencies);
  const ours = members.filter(
    (member) => !foreign.some((other) => isIn(other.folder, member.folder)),
  );
  const applications = [own, ...ours.map((member) => applicationIn(member.folder, member.manifest))]
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

/** Whether a folder is another one, or somewhere in it. */
function isIn(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(join(outer, sep));
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
