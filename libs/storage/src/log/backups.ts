import type { BackupResult, MaintenanceOptions } from "../maintenance.ts";
import { type BackupSources, backUp } from "./backup.ts";

/** The backups of a store that are being made, so that closing the store can end them. */
export class Backups {
  readonly #sources: BackupSources;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<BackupResult>>();

  constructor(sources: BackupSources) {
    this.#sources = sources;
  }

  /** See {@link backUp}. */
  async make(directory: string, options: MaintenanceOptions): Promise<BackupResult> {
    const { onProgress, signal } = options;
    const stop = [this.#closing.signal, ...(signal === undefined ? [] : [signal])];
    const backup = backUp(this.#sources, directory, { onProgress, signal: AbortSignal.any(stop) });
    this.#running.add(backup);
    try {
      return await backup;
    } finally {
      this.#running.delete(backup);
    }
  }

  /** Gives up those that are being made; resolves when the last one has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#running);
  }
}
