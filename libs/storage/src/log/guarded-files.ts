import type { DirectoryLock, FilePort, HeldLock, OpenFile, OpenMode } from "./file-port.ts";
import { LOCK_LOST, systemError } from "./system-reason.ts";

/**
 * A disk to which nothing is written any more once the lock of the store's directory is gone: somebody has removed the file
 * `LOCK`, and another process may have opened the store and hold one of its own. From then on every call that would
 * change anything rejects with a system error of the code {@link LOCK_LOST}; reads go on.
 *
 * Each write asks first. That is a look at an inode the system has in its memory, a microsecond and a half; asked only
 * now and then, two stores would write to one log in between.
 */
export function guardFiles(files: FilePort, lock: HeldLock): FilePort {
  const guard = (call: string): void => {
    if (!lock.isHeld()) throw systemError(LOCK_LOST, call);
  };
  return {
    realPath: (path) => files.realPath(path),
    list: (path) => files.list(path),
    read: (path) => files.read(path),
    size: (path) => files.size(path),
    openForReading: (path) => files.openForReading(path),
    lock: (path): Promise<DirectoryLock> => files.lock(path),
    async makeDirectory(path) {
      guard("mkdir");
      await files.makeDirectory(path);
    },
    async open(path, mode: OpenMode) {
      guard("open");
      return new GuardedFile(await files.open(path, mode), guard);
    },
    async rename(from, to) {
      guard("rename");
      await files.rename(from, to);
    },
    async remove(path) {
      guard("unlink");
      await files.remove(path);
    },
    async syncDirectory(path) {
      guard("fsync");
      await files.syncDirectory(path);
    },
  };
}

/** A file that was opened for writing while the lock was there. */
class GuardedFile implements OpenFile {
  readonly #file: OpenFile;
  readonly #guard: (call: string) => void;

  constructor(file: OpenFile, guard: (call: string) => void) {
    this.#file = file;
    this.#guard = guard;
  }

  async write(bytes: Uint8Array, positionBytes: number): Promise<number> {
    this.#guard("write");
    return await this.#file.write(bytes, positionBytes);
  }

  writeSync(bytes: Uint8Array, positionBytes: number): number {
    this.#guard("write");
    return this.#file.writeSync(bytes, positionBytes);
  }

  /** What the lock was lost during may stand where another store has written since. */
  async sync(): Promise<void> {
    this.#guard("fsync");
    await this.#file.sync();
  }

  async truncate(lengthBytes: number): Promise<void> {
    this.#guard("ftruncate");
    await this.#file.truncate(lengthBytes);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
