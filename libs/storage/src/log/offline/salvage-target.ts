import { dirname, join, resolve, sep } from "node:path";
import { StorageError } from "../../errors.ts";
import type { FilePort } from "../file-port.ts";
import { isSystemError } from "../system-reason.ts";
import { writing } from "./system-failures.ts";

/** What is being written has this added to its name, so that nobody takes it for a store. */
const UNFINISHED = ".partial";

/**
 * Makes an empty directory beside `target` to write to, and returns its path. What a broken salvage has left
 * there is removed. Rejects with `STORAGE_SALVAGE_FAILED` when something is in `target`, or `target` is in the
 * damaged store's `directory`.
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
    await files.makeDirectory(unfinished);
    for (const name of await files.list(unfinished)) await files.remove(join(unfinished, name));
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
