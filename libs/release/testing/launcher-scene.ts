import { execFile, type ExecFileException } from "node:child_process";
import { chmod, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { versionFolder } from "../src/layout.ts";
import type { Release } from "../src/release.ts";
import { runtimeProgram } from "../src/runtime/include-runtime.ts";
import { writeScripts } from "../src/scripts/write-scripts.ts";
import { openToyRelease } from "./toy-release.ts";

/** How a run of `bin/toy` ended. */
export interface Launched {
  /** A number, or the name of the signal. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** How it is run. */
export interface Launch {
  /** What runs the script: itself, by its first line, unless a shell is named. */
  readonly shell?: string;
  /** The path it is called by: that of the release by default. */
  readonly path?: string;
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly user?: number;
}

/** The scripts of a release without anything behind them: its Node is a shell script that tells what it was given. */
export interface LauncherScene extends AsyncDisposable {
  readonly release: Release;
  /** Absolute, of `bin/toy`. */
  readonly launcher: string;
  run(words: readonly string[], launch?: Launch): Promise<Launched>;
  /** Writes a file of the release, by its path in it. */
  write(name: string, text: string, mode?: number): Promise<void>;
  /** Writes a file of the version, by its path in it. */
  writeVersion(name: string, text: string): Promise<void>;
  read(name: string): Promise<string>;
  remove(name: string): Promise<void>;
  /** A second version beside the first, with the same scripts. */
  addVersion(version: string): Promise<void>;
}

/** Prints its arguments, where it is, and what the launcher has set; ends with 7. */
const TELLING_NODE = `#!/bin/sh
printf '[%s]\\n' "$@"
printf 'in %s\\n' "$(pwd -P)"
printf 'umask %s\\n' "$(umask)"
env | LC_ALL=C sort | grep -E '^(RELEASE|FROM)_'
exit 7
`;

/** Writes the scripts of a toy release into a folder with a space in its name. */
export async function openLauncherScene(definition = "{}"): Promise<LauncherScene> {
  const toy = await openToyRelease(definition);
  const { release } = toy;
  await chmod(toy.folder.path, 0o755);
  await writeScripts(release, toy.assembly);
  const launcher = join(release.path, "bin", release.name);
  const scene: LauncherScene = {
    release,
    launcher,
    run: async (words, launch) => await run(launcher, words, launch),
    write: async (name, text, mode = 0o644) => {
      const path = join(release.path, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      await chmod(path, mode);
    },
    writeVersion: async (name, text) => await writeFile(join(versionFolder(release), name), text),
    read: async (name) => await readFile(join(release.path, name), "utf8"),
    remove: async (name) => await rm(join(release.path, name), { force: true, recursive: true }),
    addVersion: async (version) => {
      const folder = join(release.path, "releases", version);
      await cp(versionFolder(release), folder, { recursive: true });
    },
    [Symbol.asyncDispose]: () => toy[Symbol.asyncDispose](),
  };
  await scene.write("releases/default-version", `${release.version}\n`);
  const node = runtimeProgram(release);
  if (node !== undefined) await scene.write(node, TELLING_NODE, 0o755);
  return scene;
}

async function run(
  launcher: string,
  words: readonly string[],
  { shell, path = launcher, cwd = "/", variables = {}, user }: Launch = {},
): Promise<Launched> {
  const env = { PATH: "/usr/bin:/bin", ...variables };
  const identity = user === undefined ? {} : { uid: user, gid: user };
  const options = { cwd, env, encoding: "utf8", timeout: 60_000, ...identity } as const;
  return await new Promise((resolve, reject) => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string): void => {
      if (error?.code === "ENOENT") reject(error);
      else resolve({ code: error?.signal ?? error?.code ?? 0, stdout, stderr });
    };
    if (shell === undefined) execFile(path, words, options, done);
    else execFile(shell, [path, ...words], options, done);
  });
}
