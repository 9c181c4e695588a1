import type { Release } from "../release.ts";

/**
 * The module that Node runs first. It is small, and of the words that any Node knows: whether this is the one that the rest was
 * made for has to be said before that is read.
 */
export function releaseProgram({ name, version, nodeVersion, options }: Release): string {
  const needs = JSON.stringify(nodeVersion);
  const headline = JSON.stringify(
    `${name}-${version} needs Node ${nodeVersion}, this is v`.replace(/v$/u, ""),
  );
  const wayOut = JSON.stringify(`: install that one, or assemble the release with its runtime`);
  return [
    `// What Node runs first: is it the Node that the rest was made for?`,
    `if (process.versions.node === ${needs}) {`,
    ...(options.sourceMaps ? ["  process.setSourceMapsEnabled(true);"] : []),
    `  await import("./${CODE_FILE}");`,
    `} else {`,
    `  process.stderr.write(${headline} + process.version + ${wayOut} + "\\n");`,
    `  process.exitCode = 1;`,
    `}`,
    ``,
  ].join("\n");
}

/** The code of the release, beside the program. */
export const CODE_FILE = "release.mjs";

/** What the names of the files begin with that have what is imported late. */
export const LATE_PREFIX = "late-";
