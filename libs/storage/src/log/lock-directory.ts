import { type BigIntStats, statSync } from "node:fs";
import { open, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { DirectoryLock } from "./file-port.ts";
import { isSystemError, LOCK_LOST, sqliteCode, systemError } from "./system-reason.ts";

/**
 * Takes the lock of a directory by an exclusive SQLite transaction on its file `LOCK`.
 *
 * Node has no flock(2), and a file that merely holds a pid outlives its process and means nothing in
 * another container. SQLite locks by the system's file locks, which the kernel drops when the
 * process ends, however it ends; and it keeps account of them within one process too, where the
 * bare system locks would let a second opener in.
 *
 * A lock on a file that has lost its name keeps nobody out, so the holder can ask whether the one at `LOCK` is still its
 * own. `LOCK.pid` beside it only serves to tell who holds the lock.
 */
export async function lockDirectory(path: string): Promise<DirectoryLock> {
  const pidPath = join(path, "LOCK.pid");
  const lockPath = join(path, "LOCK");
  await makeLockFile(lockPath);
  const found = fileAt(lockPath);
  const database = new DatabaseSync(lockPath);
  try {
    // Nothing is ever written, so there is nothing to roll back: no journal, for which a full disk has no room.
    database.exec("PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE");
    await tellHolder(pidPath);
  } catch (error) {
    database.close();
    if (sqliteCode(error) !== SQLITE_BUSY) throw error;
    return { type: "held", holder: await readHolder(pidPath) };
  }
  const isHeld = (): boolean => isSameFile(found, fileAt(lockPath));
  if (isHeld())
    return { type: "taken", lock: { isHeld, [Symbol.dispose]: () => database.close() } };
  // It was removed or replaced before it was locked: what is locked is a file without a name.
  database.close();
  throw systemError(LOCK_LOST, "open");
}

/** Which file has that name now. Opening one that SQLite has locked, to ask it itself, would drop the lock. */
function fileAt(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    // A directory that cannot even be looked at any more is nothing to write into.
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

/** As long as a process has a file open, no other one gets its number. */
function isSameFile(one: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}

/** As well as it goes: a disk that is full has no room for it, and the lock holds without. */
async function tellHolder(pidPath: string): Promise<void> {
  try {
    await writeFile(pidPath, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    await removeStalePid(pidPath);
  }
}

/** Better no name than that of a process that is long gone. */
async function removeStalePid(pidPath: string): Promise<void> {
  try {
    await unlink(pidPath);
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

/**
 * SQLite would make the file readable by everybody. One that is there already must not be opened here:
 * closing it again would drop the lock of another store in this process, as POSIX has it.
 */
async function makeLockFile(lockPath: string): Promise<void> {
  try {
    await (await open(lockPath, "wx", 0o600)).close();
  } catch (error) {
    if (!isSystemError(error, "EEXIST")) throw error;
  }
}

const SQLITE_BUSY = 5;

async function readHolder(pidPath: string): Promise<string> {
  try {
    const pid = (await readFile(pidPath, "utf8")).trim();
    return /^\d+$/u.test(pid) ? `process ${pid}` : "another process";
  } catch {
    // It has the lock but has not written its pid yet.
    return "another process";
  }
}
