/** How to follow and to stop something that may take long. */
export interface MaintenanceOptions {
  /** Told now and then how many bytes are done. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
  /** Gives it up; the store is as good as before. */
  readonly signal?: AbortSignal | undefined;
}

/** What a compaction that was asked for came to. */
export interface CompactionResult {
  /** Bytes of all segments before, and after. */
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/** What a backup holds. */
export interface BackupResult {
  readonly directory: string;
  readonly segments: number;
  readonly bytes: number;
  readonly keys: number;
  /** Later mutations are not in it. */
  readonly lastRevision: number;
}
