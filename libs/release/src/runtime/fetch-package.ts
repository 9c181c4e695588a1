import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { extract } from "tar";
import type { Assembly } from "../assemble/assembly.ts";
import { ReleaseError } from "../errors.ts";
import type { LockedPackage } from "./pinned-node.ts";

/** A package that is wanted. */
export interface WantedPackage extends LockedPackage {
  readonly name: string;
  /** The files of it, by their path in the package. Those that it does not have are left out. */
  readonly files: readonly string[];
}

/** How much npm may say about a package, in bytes. */
const TALK_BYTES = 16 * 1024 * 1024;

/**
 * Has npm fetch a package that is not installed here, unless `cache` has it from another time, and answers a folder with the
 * wanted files: nobody else's, and for the caller to remove. Nothing of the package is used before its bytes are those that the
 * lock file names. Throws `RELEASE_REFUSED`.
 */
export async function fetchPackage(
  wanted: WantedPackage,
  cache: string,
  assembly: Assembly,
): Promise<string> {
  const { name, version, integrity, files } = wanted;
  if (integrity === undefined) {
    throw refused(`The lock file has no integrity of ${name}@${version}; run npm install anew`);
  }
  await mkdir(cache, { recursive: true });
  const archive = join(cache, `${name}-${version}.tgz`);
  if (!existsSync(archive) || (await integrityOf(archive)) !== integrity) {
    await download(wanted, cache, assembly);
  }
  const found = await integrityOf(archive);
  if (found !== integrity) {
    await rm(archive, { force: true });
    throw refused(
      `${name}@${version} as npm has it is not what the lock file names: ${found} instead of ${integrity}`,
    );
  }
  const folder = await mkdtemp(join(cache, "files-"));
  const inside = new Set(files.map((file) => `package/${file}`));
  try {
    await extract({ file: archive, cwd: folder, strip: 1, filter: (path) => inside.has(path) });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

/** npm packs a package of a registry as it is there: its own settings say which registry, and how it is reached. */
async function download(
  { name, version }: WantedPackage,
  cache: string,
  { say, progress, signal, variables }: Assembly,
): Promise<void> {
  say(`fetching ${name}@${version}`);
  const draft = await mkdtemp(join(cache, "draft-"));
  let seconds = 0;
  const ticking = setInterval(
    () => progress(`fetching ${name}: ${(seconds += 1)} s`, seconds),
    1000,
  );
  try {
    // By its folder: a person's settings may make npm answer in another form, or nothing. Windows runs npm.cmd in a shell only.
    const words = ["pack", `${name}@${version}`, "--pack-destination=.", "--loglevel=error"];
    const shell = process.platform === "win32";
    const options = { cwd: draft, env: variables, signal, maxBuffer: TALK_BYTES, shell };
    await promisify(execFile)("npm", words, options);
    const file = (await readdir(draft)).find((made) => made.endsWith(".tgz"));
    if (file === undefined) throw new Error("it answers without a package");
    await rename(join(draft, file), join(cache, `${name}-${version}.tgz`));
  } catch (error) {
    if (signal.aborted) throw error;
    const reason = npmReason(error);
    throw refused(`npm cannot fetch ${name}@${version}: ${reason}; it is needed once, then kept`);
  } finally {
    clearInterval(ticking);
    await rm(draft, { recursive: true, force: true });
  }
}

/** The first thing that npm complains of. */
function npmReason(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  const lines = said.split("\n").map((line) => line.replace(/^npm (?:error|ERR!) ?/u, "").trim());
  const told = lines.find(
    (line) => line !== "" && !/^(?:code|errno|syscall|npm warn)\b/u.test(line),
  );
  if (told !== undefined) return told;
  return error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
}

async function integrityOf(file: string): Promise<string> {
  const hash = createHash("sha512");
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest("base64")}`;
}

function refused(problem: string): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem });
}
