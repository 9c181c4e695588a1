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

  /** Where `path`, which has to be there, really is: absolute, and without symbolic links. */
  realPath(path: string): Promise<string>;

  /** The names of the entries of a directory, in any order. */
  list(path: string): Promise<readonly string[]>;

  /** The whole content of a file; the array is the caller's. */
  read(path: string): Promise<Uint8Array>;

  /** How many bytes a file holds. */
  size(path: string): Promise<number>;

  /** Opens a file for reading. What it holds stays readable until it is closed, even when it is removed. */
  openForReading(path: string): Promise<ReadableFile>;

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
  | { readonly type: "taken"; readonly lock: HeldLock }
  | { readonly type: "held"; readonly holder: string };

/** A directory's lock, until it is disposed. */
export interface HeldLock extends Disposable {
  /**
   * Whether it still keeps others out, which it does unless somebody has meddled with its file: then another process can
   * take a lock of its own. Answers at once, and may be asked before every write.
   */
  isHeld(): boolean;
}

/** How a file is opened for writing. */
export interface OpenMode {
  /** `new`: it must not be there yet. `existing`: it must. `replace`: it is emptied if it is. */
  readonly file: "new" | "existing" | "replace";
  /** Whether every write returns only when its bytes survive a power cut. */
  readonly syncsEveryWrite: boolean;
}

/** A file open for reading. Any number of reads may be under way at once; none may be when it is closed. */
export interface ReadableFile {
  /**
   * Fills `into` from `positionBytes` on and resolves to how many bytes it read: 0 only at the end
   * of the file (or of an empty `into`), and otherwise perhaps fewer than fit, see {@link readFully}.
   * `into` belongs to the call until it settles.
   */
  read(into: Uint8Array, positionBytes: number): Promise<number>;

  close(): Promise<void>;
}

/** A file open for writing. One write at a time. */
export interface OpenFile {
  /** Resolves to how many of `bytes` were written, which may be fewer: a full disk does not say so at once. */
  write(bytes: Uint8Array, positionBytes: number): Promise<number>;

  /**
   * As {@link write}, but the process stands still until the system has the bytes in its memory: far
   * less work than a trip through the thread pool when no disk is waited for. Of a file whose every write
   * is synced it stands still until they survive a power cut: nothing else is served meanwhile.
   */
  writeSync(bytes: Uint8Array, positionBytes: number): number;

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

/** As {@link writeFully}, without letting anything else run meanwhile; see {@link OpenFile.writeSync}. */
export function writeFullySync(file: OpenFile, bytes: Uint8Array, positionBytes: number): void {
  for (let done = 0; done < bytes.length; ) {
    const written = file.writeSync(bytes.subarray(done), positionBytes + done);
    if (written === 0) throw systemError("ENOSPC", "write");
    done += written;
  }
}

/** Fills `into`, going on after short reads; resolves to how many bytes there were, fewer at the end of the file. */
export async function readFully(
  file: ReadableFile,
  into: Uint8Array,
  positionBytes: number,
): Promise<number> {
  let done = await file.read(into, positionBytes);
  while (done > 0 && done < into.length) {
    const count = await file.read(into.subarray(done), positionBytes + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}
