import { readFile, writeFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import { versionFolder } from "../layout.ts";
import type { Release } from "../release.ts";
import { foreignImport } from "./foreign-import.ts";
import { lineAt, SourceFault } from "./source-fault.ts";
import { stripTypes, tidied } from "./strip-types.ts";

/** What it is called in a release. */
export const RUNTIME_FILE = "runtime.mjs";

/**
 * Writes the configuration that is evaluated at every boot into the version's folder: as JavaScript that an operator reads and
 * edits, with its comments. It stands alone there, so it may import types, and what Node has; anything else is
 * `RELEASE_REFUSED` with its line. Nothing is written for a release without such a file.
 */
export async function shipRuntimeFile(release: Release, { say }: Assembly): Promise<void> {
  const { runtimeConfigFile: file } = release.options;
  if (file === undefined) return;
  const name = relative(release.project.root, file).replaceAll(sep, "/");
  say(`using ${name} to configure the release at every boot`);
  const source = await readFile(file, "utf8").catch((error: unknown) => {
    throw refused(`${name} cannot be read: ${reasonOf(error)}`, error);
  });
  await writeFile(join(versionFolder(release), RUNTIME_FILE), standaloneText(source, name));
}

/** What is shipped of `source`. */
function standaloneText(source: string, name: string): string {
  try {
    const script = isTypeScript(name) ? stripTypes(source) : source;
    const foreign = foreignImport(script);
    if (foreign === undefined) return tidied(source, script);
    throw new SourceFault(
      `it imports ${foreign.from}, which is not there in a release: write "import type" if it is types, say it in this file, or have a config provider say it`,
      lineAt(script, foreign.offset),
    );
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    const place = error.line === undefined ? name : `${name}:${error.line}`;
    throw refused(`${place}: ${error.message}`, error);
  }
}

function isTypeScript(name: string): boolean {
  return [".ts", ".mts"].includes(extname(name));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refused(problem: string, cause?: unknown): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem }, { cause });
}
