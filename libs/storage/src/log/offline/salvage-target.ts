import { dirname, join, resolve, sep } from "node:path";
import { StorageError } from "../../errors.ts";
import { SEAL_NAME, segmentNumber, UNFINISHED_SEAL_NAME } from "../file-names.ts";
import type { FilePort } from "../file-port.ts";
import { isSystemError } from "../system-reason.ts";
import { writing } from "./system-failures.ts";

/** What is being written has this added to its name, so that nobody takes it for a store. */
const UNFINISHED = ".partial";

/** What a salvage writes besides segments. */
const SEALS: ReadonlySet<string> = new Set([SEAL_NAME, UNFINISHED_SEAL_NAME]);

/**
 * Makes an empty directory beside `target` to write to, and returns its path. What a broken salvage has left
 * there is removed. Rejects with
 * `STORAGE_SALVAGE_FAILED` when something else is in it, or anything in `target`, or `target` is in the damaged store's `directory`.
 */
export function prepareTarget(files: FilePort, directory: string, target: string): Promise<string> {
  return writing(target, async () => {
    if (target.startsWith(join(resolve(directory), sep))) {
      const reason = "it lies in the damaged store; choose a directory outside of it";
      throw new StorageError("STORAGE_SALVAGE_FAILED", { path: target, reason });
    }
    if ((await namesIn(files, target)).length > 0) {
      const reason = "it is not empty; choose a directory that is not there yet";
      throw new StorageError("STORAGE_SALVAGE_FAILED", { path: target, reason });
    }
    const unfinished = `${target}${UNFINISHED}`;
    const names = await namesIn(files, unfinished);
    const isOurs = names.every((name) => segmentNumber(name) !== undefined || SEALS.has(name));
    // What is in it may be anybody's, the damaged store itself included.
    if (unfinished === resolve(directory) || !isOurs) {
      const reason = `"${unfinished}" is in the way; choose another directory`;
      throw new StorageError("STORAGE_SALVAGE_FAILED", { path: target, reason });
    }
    for (const name of names) await files.remove(join(unfinished, name));
    await files.makeDirectory(unfinished);
    return unfinished;
  });
}

/** Gives what was written its name, for good. */
export function publishTarget(files: FilePort, target: string): Promise<void> {
  return writing(target, async () => {
    await files.rename(`${target}${UNFINISHED}`, target);
    await files.syncDirectory(dirname(target));
  });
}

async function namesIn(files: FilePort, directory: string): Promise<readonly string[]> {
  try {
    return await files.list(directory);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return [];
    throw error;
  }
}
