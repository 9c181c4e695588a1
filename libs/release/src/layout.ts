import { join } from "node:path";
import type { Release } from "./release.ts";

/** Where things are in a release's folder. Names are relative to it, with `/`. */
export const layout = {
  /** The name of the version that is started when `RELEASE_VSN` says nothing, and a line feed. */
  defaultVersion: "releases/default-version",
  /** Mode 0600. */
  cookie: "releases/COOKIE",
  /** Of one version: scripts, `runtime.mjs`, `build.json`, `manifest.json`, `start.sh`. */
  version: (version: string): string => `releases/${version}`,
  /** Of one version: the bundled code. */
  code: (name: string, version: string): string => `lib/${name}-${version}`,
  /** What Node runs. */
  program: (name: string, version: string): string => `lib/${name}-${version}/main.mjs`,
  /** A Node that releases of one folder share. */
  runtime: (nodeVersion: string, target: string): string => `runtime/node-${nodeVersion}-${target}`,
  /** Node's own things while it runs; never packed, never touched by an assembly. */
  temporary: "tmp",
  /** What nodes store; never packed, never touched by an assembly. */
  data: "data",
} as const;

/** The folder of the version that `release` is. */
export function versionFolder(release: Release): string {
  return join(release.path, layout.version(release.version));
}
