import { dirname } from "node:path";
import type { Release } from "../release.ts";
import { runtimeProgram } from "../runtime/include-runtime.ts";
import { overlaidFiles } from "../scripts/copy-overlays.ts";
import { filesOf } from "./release-files.ts";

/**
 * The files of a version that has just been assembled, by their path in the release: those that its manifest lists. In
 * alphabetical order.
 */
export async function assembledFiles(release: Release): Promise<readonly string[]> {
  const { path, name, version } = release;
  const program = runtimeProgram(release);
  const runtime = program === undefined ? undefined : dirname(program);
  const own = await filesOf({ path, name, version, runtime });
  return [...new Set([...own, ...(await overlaidFiles(release))])].toSorted();
}
