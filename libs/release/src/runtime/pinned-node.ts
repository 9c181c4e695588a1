import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { ReleaseError } from "../errors.ts";
import type { Target } from "./target.ts";

/** What a lock file says of a package. */
export interface LockedPackage {
  readonly version: string;
  /** `sha512-…`, of the package as npm has it. */
  readonly integrity: string | undefined;
}

const lockSchema = v.object({
  packages: v.record(
    v.string(),
    v.object({ version: v.optional(v.string()), integrity: v.optional(v.string()) }),
  ),
});

/** The version of Node that a project pins for `target`. Throws `RELEASE_REFUSED` when it pins none. */
export async function pinnedNode(root: string, target: Target): Promise<string> {
  return (await lockedNode(root, target)).version;
}

/** What the nearest lock file, in `root` or above, says of npm's package of Node for `target`. Throws as {@link pinnedNode}. */
export async function lockedNode(root: string, target: Target): Promise<LockedPackage> {
  const file = lockFileOf(root);
  const lock = file === undefined ? undefined : await readLock(file);
  const found = lock?.packages[`node_modules/${target.packageName}`];
  if (found?.version !== undefined) {
    return { version: found.version, integrity: found.integrity };
  }
  const where = file === undefined ? "there is no package-lock.json" : `${file} does not have it`;
  const problem = `The project does not say which Node a release for ${target.name} has: ${where}; add ${target.packageName} to optionalDependencies and run npm install`;
  throw new ReleaseError("RELEASE_REFUSED", { problem });
}

function lockFileOf(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const file = join(folder, "package-lock.json");
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return undefined;
  }
}

async function readLock(file: string): Promise<v.InferOutput<typeof lockSchema> | undefined> {
  try {
    const parsed = v.safeParse(lockSchema, JSON.parse(await readFile(file, "utf8")));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
