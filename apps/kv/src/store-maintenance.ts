import type { MaintenanceOptions as StoreMaintenanceOptions, Store } from "@kv/storage";

/** How a long piece of work on a store is watched, and given up. */
export interface MaintenanceOptions {
  readonly onProgress: (progress: MaintenanceProgress) => void;
  readonly signal: AbortSignal;
}

/** How far a long piece of work has come. */
export interface MaintenanceProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What an engine may offer beyond the contract, for those who look after it. Results are what JSON can hold. */
export interface StoreMaintenance {
  /** Gives the space of what is dead back to the disk. */
  compact?(options: MaintenanceOptions): Promise<object>;
  /** Writes a copy that opens as a store into the new folder `directory`, while the store serves on. */
  backup?(directory: string, options: MaintenanceOptions): Promise<object>;
}

/** What `store` offers of it. */
export function maintenanceOf(store: Store): StoreMaintenance {
  const { compact, backup } = store;
  return {
    ...(compact && { compact: (options) => compact.call(store, storeOptions(options)) }),
    ...(backup && {
      backup: (directory, options) => backup.call(store, directory, storeOptions(options)),
    }),
  };
}

function storeOptions({ onProgress, signal }: MaintenanceOptions): StoreMaintenanceOptions {
  return { onProgress: (doneBytes, totalBytes) => onProgress({ doneBytes, totalBytes }), signal };
}
