import { StorageError } from "../../errors.ts";
import { SEAL_NAME, segmentNumber } from "../file-names.ts";
import type { FilePort } from "../file-port.ts";
import { isSystemError, sqliteCode } from "../system-reason.ts";

/** The file that the lock of a directory is. */
const LOCK_NAME = "LOCK";

/** SQLite's word for a file that this process may not write to. */
const SQLITE_READONLY = 8;

const NO_STORE = {
  reason: "there is no store in it",
  wayOut: "name the directory that holds a store's files, such as 00000001.log",
};

/**
 * Sees to it that nobody uses a store while it is read, by the lock that a node takes. In a directory
 * without a lock file no node runs, so none is made there; nor is one on a read-only file system.
 *
 * Rejects with `STORAGE_LOCKED`, or `STORAGE_INACCESSIBLE` when there is no store.
 */
export async function claimStore(files: FilePort, directory: string): Promise<Disposable> {
  const names = await files.list(directory);
  if (!names.some((name) => name === SEAL_NAME || segmentNumber(name) !== undefined)) {
    throw new StorageError("STORAGE_INACCESSIBLE", { path: directory, ...NO_STORE });
  }
  const nothing = { [Symbol.dispose]: () => {} };
  if (!names.includes(LOCK_NAME)) return nothing;
  try {
    const taken = await files.lock(directory);
    if (taken.type === "taken") return taken.lock;
    throw new StorageError("STORAGE_LOCKED", { path: directory, holder: taken.holder });
  } catch (error) {
    const isReadOnly = isSystemError(error, "EROFS") || sqliteCode(error) === SQLITE_READONLY;
    if (isReadOnly) return nothing;
    throw error;
  }
}
