import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bundleRelease } from "../bundle/bundle-release.ts";
import { shipRuntimeFile } from "../configuration/ship-runtime-file.ts";
import { writeBuildRecord } from "../configuration/write-build-record.ts";
import { writeCookie } from "../cookie/write-cookie.ts";
import { layout, versionFolder } from "../layout.ts";
import { writeManifest } from "../manifest/write-manifest.ts";
import type { Release } from "../release.ts";
import { includeRuntime } from "../runtime/include-runtime.ts";
import { copyOverlays } from "../scripts/copy-overlays.ts";
import { writeScripts } from "../scripts/write-scripts.ts";
import type { Assembly } from "./assembly.ts";

/** A part of an assembly. */
type Part = (release: Release, assembly: Assembly) => Promise<void>;

/** In the order in which they are made. The manifest is the last: a version without one is not finished. */
const parts: readonly Part[] = [
  writeBuildRecord,
  bundleRelease,
  shipRuntimeFile,
  includeRuntime,
  writeScripts,
  copyOverlays,
  writeCookie,
  writeManifest,
];

/**
 * Makes the folder of one version of a release, in the place of what was there of that version. Other versions, `data/` and
 * `tmp/` are left alone. Throws what the parts throw, and the reason of `assembly.signal` between two of them.
 */
export async function assembleRelease(release: Release, assembly: Assembly): Promise<void> {
  const { name, version, path } = release;
  await rm(versionFolder(release), { recursive: true, force: true });
  await rm(join(path, layout.code(name, version)), { recursive: true, force: true });
  await mkdir(versionFolder(release), { recursive: true });
  await mkdir(join(path, layout.temporary), { recursive: true });
  for (const part of parts) {
    assembly.signal.throwIfAborted();
    await part(release, assembly);
  }
}
