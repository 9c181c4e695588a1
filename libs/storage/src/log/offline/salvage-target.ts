import { dirname, join } from "node:path";
import { StorageError } from "../../errors.ts";
import { SEAL_NAME, segmentNumber, UNFINISHED_SEAL_NAME } from "../file-names.ts";
import type { FilePort } from "../file-port.ts";
import { isWithin, lookAtPlace } from "../new-directory.ts";
import { writing } from "./system-failures.ts";

/** What is being written has this added to its name, so that nobody takes it for a store. */
const UNFINISHED = ".partial";

/** What a salvage writes besides segments. */
const SEALS: ReadonlySet<string> = new Set([SEAL_NAME, UNFINISHED_SEAL_NAME]);

/** Where a salvage writes to. */
export interface SalvageTarget {
  /** As the operator named it, for messages. */
  readonly name: string;
  /** The same without symbolic links. */
  readonly path: string;
  /** An empty directory beside it. */
  readonly unfinished: string;
}

/**
 * Makes an empty directory beside `name` to write to. What a broken salvage has left there is removed. Rejects with
 * `STORAGE_SALVAGE_FAILED` when something else is in it, or anything in `name`, or `name` is in the damaged store's `directory`.
 */
export function prepareTarget(
  files: FilePort,
  directory: string,
  name: string,
): Promise<SalvageTarget> {
  const refuse = (reason: string): never => {
    throw new StorageError("STORAGE_SALVAGE_FAILED", { path: name, reason });
  };
  return writing(name, async () => {
    const source = await files.realPath(directory);
    const { path, names = [] } = await lookAtPlace(files, name);
    if (isWithin(path, source)) {
      refuse("it lies in the damaged store; choose a directory outside of it");
    }
    if (names.length > 0) {
      refuse("it is not empty; choose a directory that is not there yet, or is empty");
    }
    const unfinished = `${path}${UNFINISHED}`;
    const { path: place, names: left = [] } = await lookAtPlace(files, unfinished);
    const isOurs = left.every((each) => segmentNumber(each) !== undefined || SEALS.has(each));
    // What is in it may be anybody's, the damaged store itself included.
    if (place !== unfinished || place === source || !isOurs) {
      refuse(`"${unfinished}" is in the way; choose another directory`);
    }
    for (const each of left) await files.remove(join(unfinished, each));
    await files.makeDirectory(unfinished);
    return { name, path, unfinished };
  });
}

/** Gives what was written its name, for good. */
export function publishTarget(
  files: FilePort,
  { name, path, unfinished }: SalvageTarget,
): Promise<void> {
  return writing(name, async () => {
    await files.rename(unfinished, path);
    await files.syncDirectory(dirname(path));
  });
}
