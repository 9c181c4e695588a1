import { mkdir, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { type OutputChunk, type RolldownLog, rolldown } from "rolldown";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import { layout } from "../layout.ts";
import type { Release } from "../release.ts";
import { bundlerReason } from "./bundler-reason.ts";
import { collectLicenses, LICENSES_FILE } from "./collect-licenses.ts";
import { optionalPackages } from "./optional-packages.ts";
import { portableMap } from "./portable-map.ts";
import { releaseEntry } from "./release-entry.ts";
import { CODE_FILE, LATE_PREFIX, releaseProgram } from "./release-program.ts";

/** What the bundler calls the entry; no file has such a name. */
const ENTRY = "release:main";

/**
 * Writes the code of a release into one file, without what nobody uses and what is only imported late, which lies in files of its own, beside the small program that Node runs, the
 * licenses of the packages that are in it, and a source map if one is wanted. The same sources make the same bytes, wherever they lie. Throws `ASSEMBLY_FAILED`.
 */
export async function bundleRelease(release: Release, { say, signal }: Assembly): Promise<void> {
  const { applications, options } = release;
  say(`bundling ${applications.map(({ name }) => name).join(", ")}`);
  const program = join(release.path, layout.program(release.name, release.version));
  const folder = dirname(program);
  const chunks = await bundle(release);
  signal.throwIfAborted();
  await mkdir(folder, { recursive: true });
  await writeFile(program, releaseProgram(release));
  const licenses = await collectLicenses(chunks.flatMap(({ moduleIds }) => moduleIds));
  if (licenses !== "") await writeFile(join(folder, LICENSES_FILE), licenses);
  for (const { fileName, code, map } of chunks) {
    if (!options.sourceMaps || map === null) {
      await writeFile(join(folder, fileName), code);
      continue;
    }
    await writeFile(join(folder, fileName), `${code}//# sourceMappingURL=${fileName}.map\n`);
    await writeFile(join(folder, `${fileName}.map`), portableMap(map, release.project.root));
  }
}

/** The file with all that is needed at once, and those with what is only needed by some nodes. */
async function bundle(release: Release): Promise<readonly OutputChunk[]> {
  const { project, options } = release;
  const entry = releaseEntry(release);
  const missing: RolldownLog[] = [];
  try {
    await using build = await rolldown({
      input: { main: ENTRY },
      cwd: project.root,
      platform: "node",
      // Else a comment before each module names its file: of one that lies outside the project, by folders of this machine.
      experimental: { attachDebugInfo: "none" },
      onLog: (_level, log) => {
        if (log.code === "UNRESOLVED_IMPORT") missing.push(log);
      },
      plugins: [
        {
          name: "release-entry",
          resolveId: (id) => (id === ENTRY ? id : null),
          load: (id) => (id === ENTRY ? entry : null),
        },
      ],
    });
    const { output } = await build.generate({
      // Sources are named relative to it.
      dir: project.root,
      format: "esm",
      // What is imported late lies in files of its own: who never needs it never reads it.
      chunkFileNames: `${LATE_PREFIX}[name].mjs`,
      comments: { legal: true, annotation: false, jsdoc: false },
      sourcemap: options.sourceMaps ? "hidden" : false,
      entryFileNames: CODE_FILE,
    });
    const [first] = missing;
    if (first !== undefined) throw new Error(first.message);
    const chunks = output.filter((part) => part.type === "chunk");
    const files = new Set(chunks.map(({ fileName }) => fileName));
    const optional = await optionalPackages(chunks.flatMap(({ moduleIds }) => moduleIds));
    // Who imports late what it can do without says so itself when that is asked for.
    const outside = chunks.flatMap(({ imports, dynamicImports }) => [
      ...imports.filter((name) => !isBuiltin(name) && !files.has(name)),
      ...dynamicImports.filter(
        (name) => !isBuiltin(name) && !files.has(name) && !optional.has(name),
      ),
    ]);
    if (outside.length > 0) throw new Error(`nothing brings ${outside.join(", ")} along`);
    return chunks;
  } catch (error) {
    const reason = bundlerReason(error, project.root);
    throw new ReleaseError("ASSEMBLY_FAILED", { what: "Bundling", reason }, { cause: error });
  }
}
