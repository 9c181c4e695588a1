/** The state of an engine in numbers; members that make no sense for it are left out. */
export interface StoreStatistics {
  /** Keys and buckets that have lapsed are not counted. */
  readonly keys?: number | undefined;
  readonly buckets?: number | undefined;
  /** What of the log is still needed, and what compaction could give back, in bytes. */
  readonly liveBytes?: number | undefined;
  readonly deadBytes?: number | undefined;
  readonly logBytes?: number | undefined;
  readonly segments?: number | undefined;
  /** Memory of the index, off the JavaScript heap. */
  readonly indexBytes: number;
  /** Written by callers and not yet on the disk. */
  readonly pendingBytes?: number | undefined;
  readonly cache?: CacheStatistics | undefined;
  readonly snapshot?: SnapshotStatistics | undefined;
  readonly compaction?: CompactionStatistics | undefined;
  readonly writable: boolean;
  /** Why it is not. */
  readonly readOnlyReason?: string | undefined;
}

/** How the cache of values does. */
export interface CacheStatistics {
  readonly limitBytes: number;
  readonly usedBytes: number;
  readonly entries: number;
  /** Reads that found their value in memory, and that did not, since the store was opened. */
  readonly hits: number;
  readonly misses: number;
}

/** The snapshot of the index that the next start will load. */
export interface SnapshotStatistics {
  /** Unix milliseconds; `undefined` when this process has not made one. */
  readonly takenAtMs: number | undefined;
  /** Records in the log behind it: what a start replays. */
  readonly recordsBehind: number;
  readonly isRunning: boolean;
}

/** What compaction is doing. */
export interface CompactionStatistics {
  readonly state: "idle" | "running" | "stopped";
  /** Why it has stopped; it goes on after a restart. */
  readonly reason?: string | undefined;
  /** Segments given back since the store was opened. */
  readonly segmentsRemoved: number;
  /** Bytes that had to be written again for that. */
  readonly copiedBytes: number;
}
