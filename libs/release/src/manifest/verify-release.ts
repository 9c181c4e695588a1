import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ReleaseError } from "../errors.ts";
import { layout } from "../layout.ts";
import { EDITABLE, MANIFEST, type Manifest, parseManifest } from "./manifest.ts";
import { describeFile, filesOf } from "./release-files.ts";

/** How a version of a release is, compared with what was assembled. */
export interface Verification {
  readonly files: number;
  readonly bytes: number;
  /** What is not as it was: missing, changed, or not of the release. */
  readonly problems: readonly string[];
  /** Files that are there to be edited, and were. */
  readonly edited: readonly string[];
}

/** Compares the version `version` of the release in `path` with its manifest. Throws `RELEASE_DAMAGED` when it has none. */
export async function verifyRelease(path: string, version: string): Promise<Verification> {
  const manifest = await readManifest(path, version);
  const wanted = new Map(Object.entries(manifest.files));
  const runtime = [...wanted.keys()].find((file) => file.startsWith("runtime/"));
  const own = await filesOf({
    path,
    name: manifest.name,
    version,
    runtime: runtime === undefined ? undefined : dirname(runtime),
  });
  // Overlays may have brought files to any other place.
  const elsewhere = [...wanted.keys()].filter((file) => existsSync(join(path, file)));
  const there = [...new Set([...own, ...elsewhere])].toSorted();
  const problems: string[] = [];
  const edited: string[] = [];
  const others = await otherManifests(path, version);
  for (const file of there) {
    const listed = wanted.get(file);
    const found = await describeFile(path, file).catch(() => undefined);
    wanted.delete(file);
    if (found === undefined) {
      problems.push(`${file} cannot be read`);
      continue;
    }
    // Versions share bin/: it is as the last one left it.
    const isOfAnother = others.some(({ files }) => files[file]?.sha256 === found.sha256);
    if (listed === undefined) {
      if (!isOfAnother) problems.push(`${file} is not of the release`);
      continue;
    }
    const isSame = isOfAnother || found.sha256 === listed.sha256;
    if (!isSame && isEditable(file, version)) edited.push(file);
    else if (!isSame) problems.push(`${file} was changed`);
    else if (listed.executable && !found.executable) problems.push(`${file} cannot be executed`);
  }
  problems.push(...[...wanted.keys()].map((file) => `${file} is missing`));
  const all = Object.values(manifest.files);
  return {
    files: all.length,
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    problems,
    edited,
  };
}

function isEditable(file: string, version: string): boolean {
  const folder = `${layout.version(version)}/`;
  return file.startsWith(folder) && EDITABLE.has(file.slice(folder.length));
}

/** What the versions beside this one consist of, as far as they are finished. */
async function otherManifests(path: string, version: string): Promise<readonly Manifest[]> {
  const folders = await readdir(join(path, "releases")).catch(() => []);
  const texts = folders
    .filter((folder) => folder !== version)
    .map((folder) => readFile(join(path, "releases", folder, MANIFEST), "utf8").catch(() => ""));
  const found = (await Promise.all(texts)).map((text) => parseManifest(text));
  return found.filter((manifest) => manifest !== undefined);
}

async function readManifest(path: string, version: string): Promise<Manifest> {
  const file = `${layout.version(version)}/${MANIFEST}`;
  const text = await readFile(join(path, file), "utf8").catch(() => undefined);
  const manifest = text === undefined ? undefined : parseManifest(text);
  if (manifest !== undefined) return manifest;
  const problem =
    text === undefined
      ? `${file} is missing: the assembly was not finished`
      : `${file} is no manifest`;
  throw new ReleaseError("RELEASE_DAMAGED", { path, problems: [problem] });
}
