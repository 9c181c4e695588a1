import { StorageError } from "../errors.ts";
import type { FilePort } from "./file-port.ts";
import { examineStore } from "./offline/examine-store.ts";

/**
 * Reads everything in a directory that nobody else uses, such as a fresh copy of a store; resolves to how
 * many keys it holds. Rejects with `STORAGE_DAMAGED`, naming the first damage, with `STORAGE_FORMAT`, or as
 * the disk does, or with the reason of `signal`. Gives way to other work every 128 KiB. Takes
 * memory for an index of all keys, and for one segment.
 */
export async function verifyStore(
  files: FilePort,
  directory: string,
  signal?: AbortSignal,
): Promise<number> {
  const { findings, keys } = await examineStore({ files, directory, signal });
  const damage = findings.find(({ severity }) => severity === "damage");
  if (damage === undefined) return keys;
  const { path, offsetBytes, reason } = damage;
  const wayOut = "look at what the system has logged about the disk";
  throw new StorageError("STORAGE_DAMAGED", { path, offsetBytes, reason, wayOut });
}
