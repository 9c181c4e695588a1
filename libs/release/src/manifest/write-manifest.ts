import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Assembly } from "../assemble/assembly.ts";
import { layout, versionFolder } from "../layout.ts";
import type { Release } from "../release.ts";
import { assembledFiles } from "./assembled-files.ts";
import { MANIFEST, type Manifest } from "./manifest.ts";
import { describeFile } from "./release-files.ts";

/** Writes down what the version consists of, and makes it the one that is started. The last part of an assembly. */
export async function writeManifest(release: Release, _assembly: Assembly): Promise<void> {
  const { name, version, path, target, nodeVersion } = release;
  const files = await assembledFiles(release);
  const described = await Promise.all(
    files.map(async (file) => [file, await describeFile(path, file)] as const),
  );
  const manifest: Manifest = {
    name,
    version,
    target: target.name,
    nodeVersion,
    files: Object.fromEntries(described),
  };
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  await writeFile(join(versionFolder(release), MANIFEST), text);
  await writeFile(join(path, layout.defaultVersion), `${version}\n`);
}
