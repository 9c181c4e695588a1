import { basename, dirname, join, resolve, sep } from "node:path";
import type { FilePort } from "./file-port.ts";
import { isSystemError, systemError } from "./system-reason.ts";

/** Where a directory is to be made that another store is written to. */
export interface NewDirectory {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** What is in it; `undefined` when it is not there. */
  readonly names: readonly string[] | undefined;
}

/**
 * Looks at the place for a new directory, behind symbolic links, before anything is written. Rejects as the system does:
 * with `ELOOP` for a link that leads nowhere, `ENOTDIR` for a file.
 */
export async function lookAtPlace(files: FilePort, directory: string): Promise<NewDirectory> {
  const path = await realPlace(files, resolve(directory));
  try {
    return { path, names: await files.list(path) };
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return { path, names: undefined };
    throw error;
  }
}

/** Whether `path` is the directory `other`, or lies in it. Both are real. */
export function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(join(other, sep));
}

/** The real path of something that need not be there: that of the nearest parent that is, and the rest. */
async function realPlace(files: FilePort, path: string): Promise<string> {
  try {
    return await files.realPath(path);
  } catch (error) {
    if (!isSystemError(error, "ENOENT") || dirname(path) === path) throw error;
  }
  const parent = await realPlace(files, dirname(path));
  // It has no real path, and yet a name.
  if (await hasEntry(files, parent, basename(path))) throw systemError("ELOOP", "realpath");
  return join(parent, basename(path));
}

async function hasEntry(files: FilePort, directory: string, name: string): Promise<boolean> {
  try {
    return (await files.list(directory)).includes(name);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return false;
    throw error;
  }
}
