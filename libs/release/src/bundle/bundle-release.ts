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
import { CODE_FILE, releaseProgram } from "./release-program.ts";

/** What the bundler calls the entry; no file has such a name. */
const ENTRY = "release:main";

/**
 * Writes all code of a release into one file, without what nobody uses, beside the small program that Node runs, the licenses of
 * the packages that are in it, and a source map if one is wanted. The same sources make the same bytes, wherever they lie. Throws `ASSEMBLY_FAILED`.
 */
export async function bundleRelease(release: Release, { say, signal }: Assembly): Promise<void> {
  const { applications, options } = release;
  say(`bundling ${applications.map(({ name }) => name).join(", ")}`);
  const program = join(release.path, layout.program(release.name, release.version));
  const folder = dirname(program);
  const { code, map, moduleIds } = await bundle(release);
  signal.throwIfAborted();
  await mkdir(folder, { recursive: true });
  await writeFile(program, releaseProgram(release));
  const licenses = await collectLicenses(moduleIds);
  if (licenses !== "") await writeFile(join(folder, LICENSES_FILE), licenses);
  if (!options.sourceMaps || map === null) {
    await writeFile(join(folder, CODE_FILE), code);
    return;
  }
  await writeFile(join(folder, CODE_FILE), `${code}//# sourceMappingURL=${CODE_FILE}.map\n`);
  await writeFile(join(folder, `${CODE_FILE}.map`), portableMap(map, release.project.root));
}

async function bundle(release: Release): Promise<OutputChunk> {
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
      codeSplitting: false,
      comments: { legal: true, annotation: false, jsdoc: false },
      sourcemap: options.sourceMaps ? "hidden" : false,
      entryFileNames: CODE_FILE,
    });
    const [first] = missing;
    if (first !== undefined) throw new Error(first.message);
    const [chunk] = output;
    const needed = [...chunk.imports, ...chunk.dynamicImports];
    // What is imported late within the file is listed, too.
    const optional = await optionalPackages(chunk.moduleIds);
    const outside = needed.filter(
      (name) =>
        !isBuiltin(name) &&
        name !== chunk.fileName &&
        // Who imports late what it can do without says so itself when that is asked for.
        !(optional.has(name) && !chunk.imports.includes(name)),
    );
    if (outside.length > 0) throw new Error(`nothing brings ${outside.join(", ")} along`);
    return chunk;
  } catch (error) {
    const reason = bundlerReason(error, project.root);
    throw new ReleaseError("ASSEMBLY_FAILED", { what: "Bundling", reason }, { cause: error });
  }
}
