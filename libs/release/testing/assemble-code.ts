import { bundleRelease } from "../src/bundle/bundle-release.ts";
import { shipRuntimeFile } from "../src/configuration/ship-runtime-file.ts";
import { writeBuildRecord } from "../src/configuration/write-build-record.ts";
import type { Release } from "../src/release.ts";
import { quietAssembly } from "./house.ts";

/** The parts of an assembly that a node of this very machine needs: code and configuration. */
export async function assembleCode(release: Release): Promise<Release> {
  const assembly = quietAssembly();
  await writeBuildRecord(release, assembly);
  await bundleRelease(release, assembly);
  await shipRuntimeFile(release, assembly);
  return release;
}
