import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { layout } from "../layout.ts";
import { MANIFEST, type ManifestFile } from "./manifest.ts";

/** A version of a release that lies somewhere. */
export interface ReleaseVersion {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** The folder of its Node, relative to `path`; `undefined` for one that has none. */
  readonly runtime: string | undefined;
}

/** The files in the folders that are a version's own, wherever it lies. In alphabetical order. */
export async function filesOf(release: ReleaseVersion): Promise<readonly string[]> {
  const { path, name, version, runtime } = release;
  const folders = ["bin", runtime, layout.code(name, version), layout.version(version)];
  const found = await Promise.all(
    folders.filter((folder) => folder !== undefined).map((folder) => filesBelow(path, folder)),
  );
  const manifest = `${layout.version(version)}/${MANIFEST}`;
  return found
    .flat()
    .filter((file) => file !== manifest)
    .toSorted();
}

async function filesBelow(path: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(path, folder), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

/** What a file is. */
export async function describeFile(path: string, file: string): Promise<ManifestFile> {
  const whole = join(path, file);
  const { size, mode } = await stat(whole);
  const hash = createHash("sha256");
  await pipeline(createReadStream(whole, { highWaterMark: 1024 * 1024 }), hash);
  return { sha256: hash.digest("hex"), bytes: size, executable: (mode & 0o100) !== 0 };
}
