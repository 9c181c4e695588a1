import { join } from "node:path";
import { StorageError } from "../errors.ts";
import { SEAL_NAME, UNFINISHED_SEAL_NAME } from "./file-names.ts";
import { type FilePort, writeFully } from "./file-port.ts";
import { decodeSeal, encodeSeal, type Seal } from "./format/seal.ts";
import { FORMAT_VERSION } from "./format/segment-header.ts";

/** A seal only says where the log ends; what is in the log is checked without it too, less strictly at its end. */
const GO_ON_WITHOUT_SEAL =
  "restore the directory from a backup, or delete this one file, and the next start checks the log as after a crash";

/**
 * Reads the seal in `directory`. Throws `STORAGE_DAMAGED` when it does not read well: it was whole
 * before it got its name.
 */
export async function readSeal(files: FilePort, directory: string): Promise<Seal> {
  const path = join(directory, SEAL_NAME);
  const reading = decodeSeal(await files.read(path));
  if (reading.type === "seal") return reading.seal;
  if (reading.type === "bad") {
    const { reason } = reading;
    const details = { path, offsetBytes: 0, reason, wayOut: GO_ON_WITHOUT_SEAL };
    throw new StorageError("STORAGE_DAMAGED", details);
  }
  const { found } = reading;
  throw new StorageError("STORAGE_FORMAT", { path, found, supported: FORMAT_VERSION });
}

/** Leaves a seal behind, in one step: a crash leaves all of it or none. */
export async function writeSeal(files: FilePort, directory: string, seal: Seal): Promise<void> {
  const unfinished = join(directory, UNFINISHED_SEAL_NAME);
  const file = await files.open(unfinished, { file: "replace", syncsEveryWrite: false });
  try {
    await writeFully(file, encodeSeal(seal), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(unfinished, join(directory, SEAL_NAME));
  await files.syncDirectory(directory);
}

/** Takes the seal away for good: from now on the log may differ from what it says. */
export async function removeSeal(files: FilePort, directory: string): Promise<void> {
  await files.remove(join(directory, SEAL_NAME));
  await files.syncDirectory(directory);
}
