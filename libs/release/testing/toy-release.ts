import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Assembly } from "../src/assemble/assembly.ts";
import { chooseRelease } from "../src/definition/load-releases.ts";
import { resolveRelease, type Wishes } from "../src/definition/resolve-release.ts";
import { versionFolder } from "../src/layout.ts";
import { findProject } from "../src/project/find-project.ts";
import type { Release } from "../src/release.ts";
import { targetOf } from "../src/runtime/targets.ts";
import { openProjectFolder, type ProjectFolder, umbrellaFiles } from "./project-folder.ts";

/** A release of a toy umbrella, to be assembled part by part. */
export interface ToyRelease extends AsyncDisposable {
  readonly folder: ProjectFolder;
  readonly release: Release;
  readonly assembly: Assembly;
  /** What the parts have said. */
  readonly said: string[];
}

/** The release `toy`, whose definition is the text `definition`; nothing of it is assembled. */
export async function openToyRelease(
  definition = "{}",
  { files = {}, ...wishes }: Partial<Wishes> & { readonly files?: Record<string, string> } = {},
): Promise<ToyRelease> {
  const text = `export const releases = { toy: { applications: { door: "permanent" }, ...${definition} } };`;
  const folder = await openProjectFolder({ ...umbrellaFiles, ...files, "releases.ts": text });
  const project = await findProject(folder.path);
  const release = await resolveRelease(project, await chooseRelease(project, "toy"), {
    configEnv: "prod",
    target: targetOf("linux-x64"),
    nodeVersion: process.versions.node,
    ...wishes,
  });
  await mkdir(versionFolder(release), { recursive: true });
  await mkdir(join(release.path, "bin"), { recursive: true });
  const said: string[] = [];
  const assembly: Assembly = {
    say: (line) => said.push(line),
    progress: () => {},
    signal: new AbortController().signal,
    variables: {},
  };
  return {
    folder,
    release,
    assembly,
    said,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
