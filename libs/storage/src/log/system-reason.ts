/** What the system means by the codes an operator of a store can meet, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission to use it is denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "something that is no directory has that name",
  EIO: "the disk reports an input/output error",
  EISDIR: "a directory has the name of one of its files",
  EMFILE: "this process has too many open files",
  ENFILE: "the machine has too many open files",
  ENOENT: "it does not exist",
  ENOSPC: "there is no space left on the disk",
  ENOTDIR: "something that is no directory has that name",
  EPERM: "the system does not permit using it",
  EROFS: "the file system is read-only",
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

/** Why the system refused, for an operator; the code goes along for whoever searches for it. */
export function systemReason(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error);
  const reason = REASONS[error.code];
  return reason === undefined ? error.message : `${reason} (${error.code})`;
}
