import fs, { existsSync } from "node:fs";
import {
  access,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { dirname, resolve as resolvePath } from "node:path";
import type { FilePort, OpenFile, OpenMode, ReadableFile } from "./file-port.ts";
import { lockDirectory } from "./lock-directory.ts";
import { isSystemError } from "./system-reason.ts";

/** Files and directories are for their owner's eyes only. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Missing where the system has no such thing (Windows): there a sync follows each write. */
const { O_DSYNC } = fs.constants;

/**
 * Linux writes and syncs in one system call. Elsewhere the flag is missing (Windows) or stops at
 * the drive's own cache (macOS), and a real sync has to follow.
 */
const syncsByFlag = process.platform === "linux" && O_DSYNC !== undefined;

/** The disk under `node:fs`. */
export const nodeFiles: FilePort = {
  makeDirectory,
  realPath: (path) => realpath(path),
  list: (path) => readdir(path),
  read: readWhole,
  size: async (path) => (await stat(path)).size,
  openForReading,
  open: openFile,
  rename,
  remove: (path) => rm(path),
  syncDirectory,
  lock: lockDirectory,
};

/**
 * Step by step, since each new directory has to be synced into its parent; and since Node's own recursive
 * mkdir never returns where the system answers ENOENT for good, as below /proc.
 */
async function makeDirectory(path: string): Promise<void> {
  await makeMissingDirectories(resolvePath(path));
  await access(path, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
}

async function makeMissingDirectories(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await mkdir(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    if (await isThere(error, path)) return;
    if (!isSystemError(error, "ENOENT")) throw error;
    // Nodes that are started together make the same parents: what was missing may be there by now.
    if (!existsSync(parent)) await makeMissingDirectories(parent);
    try {
      await mkdir(path, { mode: DIRECTORY_MODE });
    } catch (again) {
      if (!(await isThere(again, path))) throw again;
    }
  }
  await syncDirectory(parent);
}

/** Whether mkdir failed only because the directory is there. */
async function isThere(error: unknown, path: string): Promise<boolean> {
  return isSystemError(error, "EEXIST") && (await stat(path)).isDirectory();
}

async function readWhole(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw withPath(error, path);
  }
}

/** `node:fs` names no path when a read fails, as that of a directory does. */
function withPath(error: unknown, path: string): unknown {
  return isSystemError(error) ? Object.assign(error, { path }) : error;
}

async function openForReading(path: string): Promise<ReadableFile> {
  return new NodeReader(path, await openDescriptor(path, fs.constants.O_RDONLY));
}

async function openFile(path: string, mode: OpenMode): Promise<OpenFile> {
  const { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } = fs.constants;
  const byFile = { new: O_CREAT | O_EXCL, existing: 0, replace: O_CREAT | O_TRUNC }[mode.file];
  const bySync = mode.syncsEveryWrite && syncsByFlag ? O_DSYNC : 0;
  const descriptor = await openDescriptor(path, O_WRONLY | byFile | bySync);
  return new NodeFile(descriptor, mode);
}

function openDescriptor(path: string, flags: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, FILE_MODE, (error, descriptor) => {
      if (error) reject(error);
      else resolve(descriptor);
    });
  });
}

/** The most bytes asked of one read: `node:fs` takes no length of 2 GiB. */
const READ_LIMIT_BYTES = 2 ** 30;

/** Over a bare descriptor, for the reason that {@link NodeFile} has. */
class NodeReader implements ReadableFile {
  readonly #path: string;
  readonly #descriptor: number;

  constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  read(into: Uint8Array, positionBytes: number): Promise<number> {
    const length = Math.min(into.length, READ_LIMIT_BYTES);
    return new Promise((resolve, reject) => {
      fs.read(this.#descriptor, into, 0, length, positionBytes, (error, count) => {
        if (error) reject(withPath(error, this.#path));
        else resolve(count);
      });
    });
  }

  close(): Promise<void> {
    return closeDescriptor(this.#descriptor);
  }
}

/** Over a bare descriptor: a `FileHandle` costs more per write, and the engine closes what it opens. */
class NodeFile implements OpenFile {
  readonly #descriptor: number;
  readonly #mode: OpenMode;

  constructor(descriptor: number, mode: OpenMode) {
    this.#descriptor = descriptor;
    this.#mode = mode;
  }

  async write(bytes: Uint8Array, positionBytes: number): Promise<number> {
    const written = await new Promise<number>((resolve, reject) => {
      fs.write(this.#descriptor, bytes, 0, bytes.length, positionBytes, (error, count) => {
        if (error) reject(error);
        else resolve(count);
      });
    });
    if (this.#mode.syncsEveryWrite && !syncsByFlag) await this.sync();
    return written;
  }

  writeSync(bytes: Uint8Array, positionBytes: number): number {
    const written = fs.writeSync(this.#descriptor, bytes, 0, bytes.length, positionBytes);
    if (this.#mode.syncsEveryWrite && !syncsByFlag) fs.fdatasyncSync(this.#descriptor);
    return written;
  }

  sync(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#descriptor, settler(resolve, reject));
    });
  }

  truncate(lengthBytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.ftruncate(this.#descriptor, lengthBytes, settler(resolve, reject));
    });
  }

  close(): Promise<void> {
    return closeDescriptor(this.#descriptor);
  }
}

function closeDescriptor(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.close(descriptor, settler(resolve, reject));
  });
}

function settler(resolve: () => void, reject: (error: Error) => void): fs.NoParamCallback {
  return (error) => {
    if (error) reject(error);
    else resolve();
  };
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory; its file system keeps the order of such changes by itself.
  if (process.platform === "win32") return;
  const handle = await open(path, fs.constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
