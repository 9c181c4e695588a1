/** Why the system refused something, and what an operator can do about it: each as it fits behind a colon. */
export interface SystemReason {
  readonly reason: string;
  readonly wayOut: string;
}

const MAKE_WRITABLE = "make the directory writable or choose another one";
const FREE_SPACE = "free some space or choose a directory on another disk";
const CHECK_DISK = "look at what the system has logged about the disk";
const NO_DIRECTORY: SystemReason = {
  reason: "something that is no directory has that name",
  wayOut: "choose another directory",
};

/** The code of the error that a store makes when the lock of its directory is gone: no system has it. */
export const LOCK_LOST = "LOCK_LOST";

/** What the system means by the codes an operator of a store can meet. */
const BY_CODE: Readonly<Record<string, SystemReason>> = {
  EACCES: { reason: "permission to use it is denied", wayOut: MAKE_WRITABLE },
  EDQUOT: { reason: "the disk quota is used up", wayOut: "free some space or raise the quota" },
  EEXIST: NO_DIRECTORY,
  EIO: { reason: "the disk reports an input/output error", wayOut: CHECK_DISK },
  EISDIR: {
    reason: "a directory has the name of one of its files",
    wayOut: "move that directory away",
  },
  EMFILE: {
    reason: "this process has too many open files",
    wayOut: "raise the limit of open files of a process",
  },
  ELOOP: {
    reason: "it is a symbolic link that leads nowhere, or in a circle",
    wayOut: "mend the link or choose another directory",
  },
  ENAMETOOLONG: { reason: "the name is too long", wayOut: "choose a shorter one" },
  ENFILE: {
    reason: "the machine has too many open files",
    wayOut: "raise the machine's limit of open files",
  },
  ENOENT: { reason: "it does not exist", wayOut: "choose another directory" },
  ENOSPC: { reason: "there is no space left on the disk", wayOut: FREE_SPACE },
  ENOTDIR: NO_DIRECTORY,
  EPERM: { reason: "the system does not permit using it", wayOut: MAKE_WRITABLE },
  [LOCK_LOST]: {
    reason: "its file LOCK was removed or replaced, so that another process may have opened it",
    wayOut: "see to it that one node has the directory, and restart that",
  },
  EROFS: {
    reason: "the file system is read-only",
    wayOut: "mount it for writing or choose another directory",
  },
};

const RENEW_LOCK = "when no node is running there, delete it";

/** The same for SQLite, which holds the lock; by its primary result codes. */
const BY_SQLITE_CODE: Readonly<Record<number, SystemReason>> = {
  3: { reason: "permission to use its file LOCK is denied", wayOut: MAKE_WRITABLE },
  8: { reason: "its file LOCK cannot be written to", wayOut: MAKE_WRITABLE },
  10: { reason: "the disk reports an error of its file LOCK", wayOut: CHECK_DISK },
  13: { reason: "there is no space left on the disk", wayOut: FREE_SPACE },
  14: { reason: "its file LOCK cannot be opened", wayOut: RENEW_LOCK },
  26: { reason: "its file LOCK is not one that a node has made", wayOut: RENEW_LOCK },
};

/**
 * Whether the operating system, or SQLite on its behalf, made `error`, rather than a bug of ours; with `code`,
 * whether it is that very one.
 */
export function isSystemError(
  error: unknown,
  code?: string,
): error is Error & { readonly code: string } {
  return (
    error instanceof Error &&
    ("syscall" in error || "errcode" in error) &&
    "code" in error &&
    typeof error.code === "string" &&
    (code === undefined || error.code === code)
  );
}

/** An error as the system makes them; `message` as `node:fs` words it. */
export function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });
}

/**
 * SQLite's primary result code, when `error` is one of SQLite's.
 *
 * Source: https://sqlite.org/rescode.html: an extended code has more in the bits above the lowest eight.
 */
export function sqliteCode(error: unknown): number | undefined {
  const isSqlite =
    error instanceof Error && "errcode" in error && typeof error.errcode === "number";
  return isSqlite ? Number(error.errcode) & 0xff : undefined;
}

/** Why the system refused, for an operator; the code goes along for whoever searches for it. */
export function systemReason(error: unknown): SystemReason {
  const known = BY_SQLITE_CODE[sqliteCode(error) ?? -1];
  if (known !== undefined) return known;
  const meaning = isSystemError(error) ? BY_CODE[error.code] : undefined;
  if (!isSystemError(error) || meaning === undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    return { reason, wayOut: "mend that or choose another directory" };
  }
  const { code } = error;
  // The one code that is about a single file of the store rather than about all of it.
  const subject = code === "EISDIR" && "path" in error ? `: "${String(error.path)}"` : "";
  return { reason: `${meaning.reason}${subject} (${code})`, wayOut: meaning.wayOut };
}

/** Whether there was no room for what was to be written; of a sync that failed nobody knows what is left. */
export function isDiskFull(error: Error & { readonly code: string }): boolean {
  const isFull = error.code === "ENOSPC" || error.code === "EDQUOT";
  const syscall = "syscall" in error ? String(error.syscall) : "";
  return isFull && !syscall.endsWith("sync");
}
