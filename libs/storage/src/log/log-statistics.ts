import type { KeyIndex } from "../key-index/key-index.ts";
import type { CompactionStatistics, SnapshotStatistics, StoreStatistics } from "../store.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { SegmentLengths } from "./segment-lengths.ts";

/** Where the numbers of a log store come from. */
export interface StatisticsSources {
  readonly index: KeyIndex;
  readonly cache: ValueCache;
  readonly commits: GroupCommit;
  readonly lengths: SegmentLengths;
  readonly compaction: () => CompactionStatistics;
  readonly snapshot: () => SnapshotStatistics;
}

/** A log store in numbers. What has lapsed must have been swept. */
export function logStatistics(sources: StatisticsSources): StoreStatistics {
  const { index, cache, commits, lengths } = sources;
  const logBytes = lengths.totalBytes;
  const liveBytes = Math.min(index.liveBytes, logBytes);
  const { limitBytes, usedBytes, entryCount: entries, hits, misses } = cache;
  const { failure, pendingBytes } = commits;
  return {
    keys: index.keyCount,
    buckets: index.bucketCount,
    liveBytes,
    deadBytes: logBytes - liveBytes,
    logBytes,
    segments: lengths.count,
    indexBytes: index.memoryBytes,
    pendingBytes,
    cache: { limitBytes, usedBytes, entries, hits, misses },
    snapshot: sources.snapshot(),
    compaction: sources.compaction(),
    writable: failure === undefined,
    readOnlyReason: failure?.details.reason,
  };
}
