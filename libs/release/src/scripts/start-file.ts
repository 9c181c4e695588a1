import { layout } from "../layout.ts";
import type { Release } from "../release.ts";
import { runtimeProgram } from "../runtime/include-runtime.ts";

/** What the scripts in `bin` have to know of one version. */
function facts(release: Release): readonly (readonly [name: string, value: string])[] {
  const { name, version, nodeVersion, target, project } = release;
  return [
    // Relative to the release; empty when the machine's own is to be taken.
    ["RELEASE_RUNTIME", runtimeProgram(release) ?? ""],
    ["RELEASE_NODE_VERSION", nodeVersion],
    ["RELEASE_TARGET", target.name],
    ["RELEASE_PROGRAM", layout.program(name, version)],
    // Before the commands that applications declare.
    ["RELEASE_WORD", project.name],
  ];
}

/** `start.sh` of a version: variables for the launcher, which are not exported. */
export function startFileForUnix(release: Release): string {
  const lines = facts(release).map(
    ([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`,
  );
  return [`# Written by the assembly, for bin/${release.name}.`, ...lines, ""].join("\n");
}

/** `start.bat` of a version. */
export function startFileForWindows(release: Release): string {
  const lines = facts(release).map(([name, value]) => {
    const path = name === "RELEASE_RUNTIME" || name === "RELEASE_PROGRAM";
    const written = path ? value.replaceAll("/", "\\") : value;
    return `@set "${name}=${written.replaceAll("%", "%%")}"`;
  });
  return [`@rem Written by the assembly, for bin\\${release.name}.bat.`, ...lines, ""].join("\n");
}
