import { execFile } from "node:child_process";
import { constants, existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import { layout } from "../layout.ts";
import type { Release } from "../release.ts";
import { platformOf } from "./binary-format.ts";
import { fetchPackage } from "./fetch-package.ts";
import { lockedNode } from "./pinned-node.ts";
import { platformName, targets } from "./targets.ts";

/** A Node to be copied. What it was unpacked to goes when it is disposed of. */
export interface FoundRuntime extends AsyncDisposable {
  readonly program: string;
  /** Its licence, where it has come with one. */
  readonly license: string | undefined;
}

/** Where a release's own Node is, relative to the release; `undefined` for one that takes the machine's. */
export function runtimeProgram({ options, nodeVersion, target }: Release): string | undefined {
  if (options.includeRuntime === false) return undefined;
  return `${layout.runtime(nodeVersion, target.name)}/${basename(target.program)}`;
}

/**
 * Copies Node into the release, as `includeRuntime` says. Throws `RELEASE_REFUSED` when there is none, or it is one for
 * another platform or of another version than the project pins.
 */
export async function includeRuntime(release: Release, assembly: Assembly): Promise<void> {
  const { path, target, nodeVersion } = release;
  const program = runtimeProgram(release);
  if (program === undefined) {
    assembly.say(`leaving Node out: the machine has to have ${nodeVersion}`);
    return;
  }
  assembly.say(`copying Node ${nodeVersion} for ${target.name}`);
  await using found = await findRuntime(release, assembly);
  await judgePlatform(found.program, release);
  const folder = join(path, dirname(program));
  // Other versions may run from this folder: it is whole until another whole one takes its place.
  const draft = `${folder}.${process.pid}.partial`;
  try {
    await mkdir(draft, { recursive: true });
    const copy = join(draft, basename(program));
    await copyFile(found.program, copy, constants.COPYFILE_FICLONE);
    await chmod(copy, 0o755);
    if (found.license !== undefined) await copyFile(found.license, join(draft, "LICENSE"));
    await judgeVersion(copy, found.program, release);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function findRuntime(release: Release, assembly: Assembly): Promise<FoundRuntime> {
  const { project, target, nodeVersion } = release;
  const { includeRuntime: wanted } = release.options;
  if (typeof wanted === "string") return await runtimeAt(wanted, target.program);
  const installed = packageFolder(project.root, target.packageName);
  const folder = installed ?? (await fetchRuntime(release, assembly));
  const found = runtimeIn(folder, target.program);
  const license = found.license ?? (await licenseElsewhere(project.root, nodeVersion));
  if (installed !== undefined) return { ...found, license };
  const remove = async (): Promise<void> => await rm(folder, { recursive: true, force: true });
  return { ...found, license, [Symbol.asyncDispose]: remove };
}

/** That of the same Node for another platform: npm's package for Windows comes without. */
async function licenseElsewhere(root: string, nodeVersion: string): Promise<string | undefined> {
  for (const { packageName } of targets) {
    const folder = packageFolder(root, packageName);
    if (folder === undefined) continue;
    const text = await readFile(join(folder, "package.json"), "utf8");
    if (v.parse(packageSchema, JSON.parse(text)).version !== nodeVersion) continue;
    const license = licenseIn(folder);
    if (license !== undefined) return license;
  }
  return undefined;
}

const packageSchema = v.object({ version: v.string() });

/** What belongs to others stays. */
const keep = async (): Promise<void> => {};

function runtimeIn(folder: string, program: string): FoundRuntime {
  const license = licenseIn(folder);
  return { program: join(folder, program), license, [Symbol.asyncDispose]: keep };
}

/** npm installs only what is for its own platform: the rest is fetched, once. */
async function fetchRuntime({ project, target }: Release, assembly: Assembly): Promise<string> {
  const locked = await lockedNode(project.root, target);
  const files = [target.program, "LICENSE"];
  const cache = join(project.root, "_build", "runtimes");
  return await fetchPackage({ ...locked, name: target.packageName, files }, cache, assembly);
}

/** A program, or a folder as Node's own archives have it. */
async function runtimeAt(path: string, program: string): Promise<FoundRuntime> {
  const isFolder = (await stat(path)).isDirectory();
  if (!isFolder) return { program: path, license: undefined, [Symbol.asyncDispose]: keep };
  if (existsSync(join(path, program))) return runtimeIn(path, program);
  throw refused(`includeRuntime names ${path}, which has no ${program}`);
}

function licenseIn(folder: string): string | undefined {
  const file = join(folder, "LICENSE");
  return existsSync(file) ? file : undefined;
}

/** Where npm has put a package that the project at `root` can use. */
function packageFolder(root: string, name: string): string | undefined {
  try {
    return dirname(createRequire(join(root, "package.json")).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

async function judgePlatform(program: string, { target }: Release): Promise<void> {
  const platform = await platformOf(program);
  if (platform === target.name) return;
  throw refused(
    `${program} is ${platform === undefined ? "no program that is known" : `for ${platform}`}; the release is for ${target.name}`,
  );
}

/** Asks the copy, which may be executed whatever the mode of `program` is; only where it can run. */
async function judgeVersion(copy: string, program: string, release: Release): Promise<void> {
  const { target, nodeVersion } = release;
  if (target.name !== platformName(process)) return;
  const asked = await promisify(execFile)(copy, ["--version"]).catch(() => undefined);
  if (asked === undefined) throw refused(`${program} is no Node: it does not tell its version`);
  const version = asked.stdout.trim();
  if (version === `v${nodeVersion}`) return;
  throw refused(`${program} is Node ${version}; the project has ${nodeVersion}`);
}

function refused(problem: string): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem });
}
