import { systemError } from "./system-reason.ts";

/**
 * All that the log engine asks of a disk. A test puts a simulated one in its place, one that fails,
 * tears and forgets as real ones do.
 *
 * Paths are strings as `node:path` joins them. Every call rejects with the system's own error
 * (`code`, `syscall`) when it fails; translating is the engine's business.
 */
export interface FilePort {
  /**
   * Makes `path` and what leads to it, for its owner only; one that exists is fine. Rejects too when
   * this process may not read and write in it.
   */
  makeDirectory(path: string): Promise<void>;

  /** The names of the entries of a directory, in any order. */
  list(path: string): Promise<readonly string[]>;

  /** The whole content of a file; the array is the caller's. */
  read(path: string): Promise<Uint8Array>;

  /** Opens a file for writing, readable by its owner only. */
  open(path: string, mode: OpenMode): Promise<OpenFile>;

  /** Replaces `to`, if it is there, in one step. Lasts once the directory is synced. */
  rename(from: string, to: string): Promise<void>;

  /** Lasts once the directory is synced. */
  remove(path: string): Promise<void>;

  /** Resolves when the entries made, renamed and removed in `path` until now survive a power cut. */
  syncDirectory(path: string): Promise<void>;

  /**
   * Takes the lock of the directory `path`; it goes with the process, however that ends. Resolves
   * to the holder, as a person would name it, when somebody has it.
   */
  lock(path: string): Promise<DirectoryLock>;
}

/** What came of asking for a directory's lock. */
export type DirectoryLock =
  | { readonly type: "taken"; readonly lock: Disposable }
  | { readonly type: "held"; readonly holder: string };

/** How a file is opened for writing. */
export interface OpenMode {
  /** `new`: it must not be there yet. `existing`: it must. `replace`: it is emptied if it is. */
  readonly file: "new" | "existing" | "replace";
  /** Whether every write returns only when its bytes survive a power cut. */
  readonly syncsEveryWrite: boolean;
}

/** A file open for writing. One write at a time. */
export interface OpenFile {
  /** Resolves to how many of `bytes` were written, which may be fewer: a full disk does not say so at once. */
  write(bytes: Uint8Array, positionBytes: number): Promise<number>;

  /** Resolves when everything written until now survives a power cut. After a rejection nobody knows. */
  sync(): Promise<void>;

  truncate(lengthBytes: number): Promise<void>;

  close(): Promise<void>;
}

/** Writes all of `bytes`, going on after short writes. */
export async function writeFully(
  file: OpenFile,
  bytes: Uint8Array,
  positionBytes: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), positionBytes + done);
    if (written === 0) throw systemError("ENOSPC", "write");
    done += written;
  }
}
