import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ApplicationError } from "../errors.ts";

/** Longest path of a Unix-domain socket that every system takes, in bytes; Linux refuses more than 107, macOS than 103. */
const pathLimitBytes = 103;

/** Digits of a name's hash that stand in for a name that is too long. */
const hashDigits = 16;

/** Who this process is, for the rights on files. */
export interface Identity {
  /** `undefined` where the system has none. */
  readonly uid: number | undefined;
}

/** The folder for control sockets when none is configured: one that every process of this user finds. */
export function defaultDirectory({ uid }: Identity): string {
  return `/tmp/kv-${uid ?? "user"}`;
}

/**
 * Where the control socket of `node` is. A name that would make the path too long for a socket is hashed. Throws
 * `CONTROL_DIRECTORY` when the folder's own path is too long.
 */
export function socketPath(directory: string, node: string): string {
  const named = join(directory, `${node}.sock`);
  if (Buffer.byteLength(named) <= pathLimitBytes) return named;
  const hash = createHash("sha256").update(node).digest("hex").slice(0, hashDigits);
  const hashed = join(directory, `${hash}.sock`);
  if (Buffer.byteLength(hashed) <= pathLimitBytes) return hashed;
  throw new ApplicationError("CONTROL_DIRECTORY", {
    path: directory,
    reason: `a socket's path can have ${pathLimitBytes} bytes`,
    wayOut: "set control.directory to a shorter one",
  });
}

/** Makes the folder, for this user alone, where it is not there yet. Throws `CONTROL_DIRECTORY`. */
export async function prepareDirectory(directory: string, identity: Identity): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    // What is there instead is said below.
    if (!hasCode(error, "EEXIST")) throw inaccessible(directory, error);
  }
  if (!(await isPrivateDirectory(directory, identity))) {
    throw refusal(directory, "it is gone again");
  }
}

/**
 * Whether the folder is there. Throws `CONTROL_DIRECTORY` when it is and anybody else may get into it, or could have
 * put it there.
 */
export async function isPrivateDirectory(directory: string, { uid }: Identity): Promise<boolean> {
  const found = await lstat(directory).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw inaccessible(directory, error);
  });
  if (found === undefined) return false;
  if (!found.isDirectory()) throw refusal(directory, "it is no folder");
  if (uid !== undefined && found.uid !== uid) {
    throw refusal(directory, `it belongs to another user (${found.uid})`);
  }
  const mode = found.mode & 0o777;
  if ((mode & 0o077) !== 0) {
    const shown = mode.toString(8).padStart(4, "0");
    throw new ApplicationError("CONTROL_DIRECTORY", {
      path: directory,
      reason: `others may get into it (mode ${shown})`,
      wayOut: `run chmod 700 "${directory}", or set control.directory to another one`,
    });
  }
  return true;
}

/** Whether the operating system said `code`. */
export function hasCode(
  error: unknown,
  ...codes: readonly string[]
): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

function refusal(path: string, reason: string): ApplicationError {
  const wayOut = "set control.directory to a folder of your own";
  return new ApplicationError("CONTROL_DIRECTORY", { path, reason, wayOut });
}

function inaccessible(path: string, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  return refusal(path, systemReason(error));
}

/** What the operating system said, without its code and without the call: `permission denied`. */
export function systemReason({ message }: Error): string {
  return message.replace(/^\w+: /u, "").replace(/, \w+(?: '[^]*')?$/u, "");
}
