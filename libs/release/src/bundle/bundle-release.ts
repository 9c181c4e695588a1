import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { rolldown } from "rolldown";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import { layout } from "../layout.ts";
import type { Release } from "../release.ts";
import { releaseEntry } from "./release-entry.ts";

/** What the bundler calls the entry; no file has such a name. */
const ENTRY = "release:main";

/**
 * Writes all code of a release into one file, without what nobody uses, beside a source map if one is wanted. The same
 * sources make the same bytes, wherever they lie. Throws `ASSEMBLY_FAILED`.
 */
export async function bundleRelease(release: Release, { say }: Assembly): Promise<void> {
  const { applications, project, options } = release;
  say(`bundling ${applications.map(({ name }) => name).join(", ")}`);
  const program = join(release.path, layout.program(release.name, release.version));
  const { code, map } = await bundle(release);
  await mkdir(dirname(program), { recursive: true });
  if (!options.sourceMaps || map === null) {
    await writeFile(program, code);
    return;
  }
  // Relative to the project, so that they name no folder of the machine that built it.
  const sources = map.sources.map((source) =>
    relative(project.root, join(dirname(program), source)),
  );
  await writeFile(`${program}.map`, JSON.stringify({ ...map, sources }));
  await writeFile(program, `${code}//# sourceMappingURL=main.mjs.map\n`);
}

interface Bundled {
  readonly code: string;
  readonly map: { readonly sources: readonly string[] } | null;
}

async function bundle(release: Release): Promise<Bundled> {
  const entry = releaseEntry(release);
  try {
    await using build = await rolldown({
      input: { main: ENTRY },
      cwd: release.project.root,
      platform: "node",
      logLevel: "silent",
      plugins: [
        {
          name: "release-entry",
          resolveId: (id) => (id === ENTRY ? id : null),
          load: (id) => (id === ENTRY ? entry : null),
        },
      ],
    });
    const { output } = await build.generate({
      format: "esm",
      codeSplitting: false,
      comments: { legal: true, annotation: false, jsdoc: false },
      sourcemap: release.options.sourceMaps ? "hidden" : false,
      entryFileNames: "main.mjs",
    });
    const [chunk] = output;
    return { code: chunk.code, map: chunk.map };
  } catch (error) {
    const reason = bundlerReason(error);
    throw new ReleaseError("ASSEMBLY_FAILED", { what: "bundling", reason }, { cause: error });
  }
}

/** The first thing that went wrong, without the picture of it. */
function bundlerReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const escape = String.fromCodePoint(27);
  const lines = text.replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, "gu"), "").split("\n");
  const told = lines.find((line) => /\[[A-Z_]+\]/u.test(line)) ?? lines[0] ?? "";
  return told.trim();
}
