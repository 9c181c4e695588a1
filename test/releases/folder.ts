import { createHash } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** A file of a release. */
export interface FileFacts {
  readonly sha256: string;
  readonly bytes: number;
  readonly mode: number;
}

/** All files below `root`, by their names relative to it. */
export async function filesBelow(root: string): Promise<ReadonlyMap<string, FileFacts>> {
  const files = new Map<string, FileFacts>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    files.set(relative(root, path), {
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
      mode: (await lstat(path)).mode & 0o777,
    });
  }
  return files;
}
