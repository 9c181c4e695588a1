import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ClusterError } from "../errors.ts";
import { hasCode, isSystemError, systemReason } from "../network/system-reason.ts";
import type { NodeName } from "../node-name.ts";

/** Longest path of a Unix-domain socket that every system takes, in bytes; Linux refuses more than 107, macOS than 103. */
const pathLimitBytes = 103;

/** Digits of a name's hash that stand in for a name that is too long. */
const hashDigits = 16;

/** The rights of everybody but the owner. */
const othersMode = 0o077;

/** The folder for the sockets of nodes when none is given: one that every process of this user finds. */
export function defaultSocketDirectory(uid: number | undefined): string {
  return `/tmp/kv-${uid ?? "user"}`;
}

/**
 * Where the socket of `node` is: `NAME@HOST.node.sock` in `directory`. A name that would make the path too long for a socket
 * is hashed. Throws `CLUSTER_PLACE` when the folder's own path is too long.
 */
export function nodeSocketPath(directory: string, node: NodeName): string {
  const named = join(directory, `${node}.node.sock`);
  if (Buffer.byteLength(named) <= pathLimitBytes) return named;
  const hash = createHash("sha256").update(node).digest("hex").slice(0, hashDigits);
  const hashed = join(directory, `${hash}.node.sock`);
  if (Buffer.byteLength(hashed) <= pathLimitBytes) return hashed;
  throw refusal(directory, `the path of a socket can have ${pathLimitBytes} bytes`);
}

/**
 * Makes the folder, for this user alone, where it is not there yet. Throws `CLUSTER_PLACE` when it is no folder, belongs to
 * another user than `uid`, or others may get into it.
 */
export async function prepareSocketDirectory(
  directory: string,
  uid: number | undefined,
): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await lstat(directory);
    if (!found.isDirectory()) throw refusal(directory, "it is no folder");
    if (uid !== undefined && found.uid !== uid) {
      throw refusal(directory, `it belongs to another user (${found.uid})`);
    }
    if ((found.mode & othersMode) !== 0) {
      const mode = (found.mode & 0o777).toString(8).padStart(4, "0");
      throw refusal(directory, `others may get into it (mode ${mode}); run chmod 700 on it`);
    }
  } catch (error) {
    if (hasCode(error, "EEXIST")) throw refusal(directory, "it is no folder");
    throw isSystemError(error) ? refusal(directory, systemReason(error)) : error;
  }
}

function refusal(place: string, reason: string): ClusterError {
  return new ClusterError("CLUSTER_PLACE", { place, reason });
}
