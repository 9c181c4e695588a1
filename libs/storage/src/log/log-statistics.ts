import type { Clock } from "../clock.ts";
import type { BucketRef, KeyIndex } from "../key-index/key-index.ts";
import { isThere } from "../state/look-up.ts";
import type { CompactionStatistics, SnapshotStatistics, StoreStatistics } from "../statistics.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { SegmentLengths } from "./segment-lengths.ts";

/** Where the numbers of a log store come from. */
export interface StatisticsSources {
  readonly index: KeyIndex;
  readonly cache: ValueCache;
  readonly commits: GroupCommit;
  readonly lengths: SegmentLengths;
  readonly compactor: { readonly statistics: CompactionStatistics };
  readonly snapshots: { readonly statistics: SnapshotStatistics };
  readonly clock: Clock;
}

/** A log store in numbers. What has lapsed must have been swept. */
export function logStatistics(sources: StatisticsSources): StoreStatistics {
  const { index, cache, commits, lengths } = sources;
  const logBytes = lengths.totalBytes;
  const liveBytes = Math.min(index.liveBytes, logBytes);
  const { limitBytes, usedBytes, entryCount: entries, hits, misses } = cache;
  const { failure, pendingBytes } = commits;
  const lapsed = failure === undefined ? NOTHING : countLapsed(index, sources.clock());
  return {
    keys: index.keyCount - lapsed.keys,
    buckets: index.bucketCount - lapsed.buckets,
    liveBytes,
    deadBytes: logBytes - liveBytes,
    logBytes,
    segments: lengths.count,
    indexBytes: index.memoryBytes,
    pendingBytes,
    cache: { limitBytes, usedBytes, entries, hits, misses },
    snapshot: sources.snapshots.statistics,
    compaction: sources.compactor.statistics,
    writable: failure === undefined,
    readOnlyReason: failure?.details.reason,
  };
}

const NOTHING = { keys: 0, buckets: 0 };

/** The buckets whose life is over, and their keys: a store that takes no writes cannot drop them. */
function countLapsed(index: KeyIndex, nowMs: number): typeof NOTHING {
  const buckets: BucketRef[] = [];
  index.listBuckets(0, Number.POSITIVE_INFINITY, (bucket) => buckets.push(bucket) > 0);
  const lapsed = buckets.filter((bucket) => !isThere(index, bucket, nowMs));
  const keys = lapsed.reduce((sum, bucket) => sum + index.bucketKeyCount(bucket), 0);
  return { buckets: lapsed.length, keys };
}
