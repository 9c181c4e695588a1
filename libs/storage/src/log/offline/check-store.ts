import type { MaintenanceOptions } from "../../maintenance.ts";
import type { FilePort } from "../file-port.ts";
import { nodeFiles } from "../node-files.ts";
import type { CheckReport } from "./check-report.ts";
import { claimStore } from "./claim-store.ts";
import { examineStore } from "./examine-store.ts";
import { reading } from "./system-failures.ts";

/** What {@link checkStore} has to know. */
export interface CheckStoreOptions extends MaintenanceOptions {
  readonly directory: string;
  /** The machine's own disk by default. */
  readonly files?: FilePort | undefined;
}

/**
 * Reads everything in a store's directory, without a node, and tells all that is wrong: every checksum, what
 * the records say, and whether log, seal and index snapshot agree. Goes on behind damage, as far as anything
 * can be told there. Writes nothing but the lock's own files, and these only where they are already.
 *
 * Takes memory for the index of all keys, and for one segment.
 *
 * Rejects with `STORAGE_LOCKED` while a node runs on it, with `STORAGE_INACCESSIBLE` when it is no store or
 * cannot be read, with `STORAGE_FORMAT`, and with the reason of the signal.
 */
export function checkStore({
  directory,
  files = nodeFiles,
  onProgress,
  signal,
}: CheckStoreOptions): Promise<CheckReport> {
  return reading(directory, async () => {
    using _ = await claimStore(files, directory);
    return await examineStore({ files, directory, onProgress, signal });
  });
}
