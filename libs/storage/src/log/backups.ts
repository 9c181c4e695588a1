import { resolve } from "node:path";
import { StorageError } from "../errors.ts";
import type { BackupResult, MaintenanceOptions } from "../maintenance.ts";
import { type BackupSources, backUp } from "./backup.ts";

/** The backups of a store that are being made, so that closing the store can end them. */
export class Backups {
  readonly #sources: BackupSources;
  readonly #closing = new AbortController();
  readonly #targets = new Set<string>();
  readonly #running = new Set<Promise<BackupResult>>();

  constructor(sources: BackupSources) {
    this.#sources = sources;
  }

  /** See {@link backUp}. */
  async make(directory: string, options: MaintenanceOptions): Promise<BackupResult> {
    const { onProgress, signal } = options;
    const path = resolve(directory);
    if (this.#targets.has(path)) {
      const reason = "a backup to it is being made";
      throw new StorageError("STORAGE_BACKUP_FAILED", { path, reason });
    }
    const stop = [this.#closing.signal, ...(signal === undefined ? [] : [signal])];
    const backup = backUp(this.#sources, directory, { onProgress, signal: AbortSignal.any(stop) });
    this.#running.add(backup);
    this.#targets.add(path);
    try {
      return await backup;
    } finally {
      this.#running.delete(backup);
      this.#targets.delete(path);
    }
  }

  /** Gives up those that are being made; resolves when the last one has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
  }
}
