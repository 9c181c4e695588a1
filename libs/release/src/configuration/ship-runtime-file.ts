import { readFile, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { extname, join, relative } from "node:path";
import { parseAst } from "rolldown/parseAst";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import { versionFolder } from "../layout.ts";
import type { Release } from "../release.ts";
import { closeGaps } from "./close-gaps.ts";

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
  const name = relative(release.project.root, file);
  say(`using ${name} to configure the release at every boot`);
  const source = await readFile(file, "utf8").catch((error: unknown) => {
    throw refused(`${name} cannot be read: ${error instanceof Error ? error.message : "?"}`);
  });
  const text = isTypeScript(file) ? closeGaps(source, strip(source, name)) : source;
  refuseImports(text, source, name);
  await writeFile(join(versionFolder(release), RUNTIME_FILE), text);
}

function isTypeScript(file: string): boolean {
  return [".ts", ".mts"].includes(extname(file));
}

/** The types are gone, with spaces in their place. */
function strip(source: string, name: string): string {
  const emitWarning = process.emitWarning.bind(process);
  // Node calls it experimental at every call; it is what Node itself does to each of our files.
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } catch (error) {
    throw refused(`${name} cannot be read: ${error instanceof Error ? error.message : "?"}`);
  } finally {
    process.emitWarning = emitWarning;
  }
}

function refuseImports(text: string, source: string, name: string): void {
  for (const node of parse(text, name).body) {
    const from = "source" in node ? node.source?.value : undefined;
    if (typeof from !== "string" || from.startsWith("node:")) continue;
    const line = source.split("\n").findIndex((written) => written.includes(`"${from}"`)) + 1;
    const place = line === 0 ? name : `${name}:${line}`;
    throw refused(
      `${place} imports "${from}", which is not there in a release; import types only, or what node: has, and write the rest into the file`,
    );
  }
}

function parse(text: string, name: string): ReturnType<typeof parseAst> {
  try {
    return parseAst(text);
  } catch (error) {
    const [reason = ""] = error instanceof Error ? error.message.split("\n", 1) : [];
    throw refused(`${name} cannot be read: ${reason}`);
  }
}

function refused(problem: string): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem });
}
