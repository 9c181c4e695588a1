import { randomBytes } from "node:crypto";
import { link, lstat, open, readFile, unlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ApplicationError } from "../errors.ts";
import { hasCode, type Identity, systemReason } from "./socket-place.ts";

/** How much chance is in a cookie that is made here, in bytes. */
const cookieBytes = 32;

/** Longest file that is read as a cookie, in bytes. */
const cookieFileLimitBytes = 4096;

/** `path`, with a `~` at its beginning as the user's home. */
export function expandHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

/**
 * The cookie in the file at `path`; `undefined` when there is no file. Throws `CONTROL_COOKIE` when it cannot be read,
 * holds nothing, or anybody else can read it.
 */
export async function readCookie(path: string, { uid }: Identity): Promise<string | undefined> {
  try {
    const found = await lstat(path);
    if (!found.isFile()) throw refusal(path, "it is no file");
    if (uid !== undefined && found.uid !== uid) {
      throw refusal(path, `it belongs to another user (${found.uid})`);
    }
    if (uid !== undefined && (found.mode & 0o077) !== 0) throw tooOpen(path, found.mode);
    if (found.size > cookieFileLimitBytes) throw refusal(path, "it is too long");
    const cookie = (await readFile(path, "utf8")).trim();
    if (cookie === "") throw refusal(path, "it is empty");
    return cookie;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw inWords(path, error);
  }
}

/** The cookie in the file at `path`, which is made, for this user alone, when it is not there. Throws `CONTROL_COOKIE`. */
export async function obtainCookie(path: string, identity: Identity): Promise<string> {
  const there = await readCookie(path, identity);
  if (there !== undefined) return there;
  await makeCookie(path).catch((error: unknown) => {
    throw inWords(path, error);
  });
  const made = await readCookie(path, identity);
  if (made === undefined) throw refusal(path, "it is gone again");
  return made;
}

/** Never shows a file that is half written, and never replaces one that another node has made meanwhile. */
async function makeCookie(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(`${randomBytes(cookieBytes).toString("base64url")}\n`);
    await file.sync();
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
}

function tooOpen(path: string, mode: number): ApplicationError {
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  const reason = `others can read it (mode ${shown})`;
  const wayOut = `delete it if somebody may have, otherwise run chmod 600 "${path}"`;
  return new ApplicationError("CONTROL_COOKIE", { path, reason, wayOut });
}

function refusal(path: string, reason: string): ApplicationError {
  const wayOut = "set RELEASE_COOKIE, or control.cookieFile to a file of your own";
  return new ApplicationError("CONTROL_COOKIE", { path, reason, wayOut });
}

function inWords(path: string, error: unknown): unknown {
  if (error instanceof ApplicationError || !(error instanceof Error && "code" in error))
    return error;
  return refusal(path, systemReason(error));
}
