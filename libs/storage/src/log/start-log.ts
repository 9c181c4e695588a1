import type { Store } from "../store.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";
import { backUp } from "./backup.ts";
import { closeLog } from "./close-log.ts";
import { Compactor } from "./compaction/compactor.ts";
import { checksumSeed } from "./format/store-id.ts";
import { GroupCommit } from "./group-commit.ts";
import { GroupGatherer } from "./group-gatherer.ts";
import { Housekeeping } from "./housekeeping.ts";
import { logStatistics } from "./log-statistics.ts";
import { LogStore } from "./log-store.ts";
import { LoggedIndex } from "./logged-index.ts";
import type { LogSettings } from "./open-log-store.ts";
import type { RecoveredLog } from "./recover-log.ts";
import { SegmentFiles } from "./segment-files.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { SnapshotKeeper } from "./snapshot-keeper.ts";
import { ValueReader } from "./value-reader.ts";
import { verifyStore } from "./verify-store.ts";

/** A log that was recovered, or is new, and the cache of its values. */
export type FoundStore = RecoveredLog & { readonly cache: ValueCache };

/** Sets a store going on a log. Moves `resources` into it once nothing can fail any more. */
export async function startLog(
  settings: LogSettings,
  found: FoundStore,
  resources: DisposableStack,
): Promise<Store> {
  const { files, directory, clock, sync, scheduler, segmentLimitBytes } = settings;
  const { index, storeId, cache } = found;
  const path = directory;
  const segments = await SegmentWriter.open(
    {
      files,
      directory,
      storeId,
      syncsEveryWrite: sync === "always",
      syncsFirstGroup: found.skipsRevisions,
    },
    found,
  );
  const { lengths } = segments;
  const { firstSegment } = found;
  const { end } = segments;
  const gatherer = new GroupGatherer({ end, firstSegment, index, segmentLimitBytes });
  const { lastRevision } = index;
  const commits = new GroupCommit({ path, gatherer, segments, scheduler, lastRevision });
  const logged = new LoggedIndex({ index, cache, gatherer, commits });
  const segmentFiles = new SegmentFiles({ files, directory });
  const values = new ValueReader({ path, index, cache, commits, files: segmentFiles });
  const parts = { ...settings, path, storeId, index, logged, gatherer, commits, lengths };
  const compactor = new Compactor({ ...parts, files: segmentFiles, seed: checksumSeed(storeId) });
  const snapshots = new SnapshotKeeper({ ...parts, recordsBehind: found.replayedRecords });
  const housekeeping = resources.use(new Housekeeping(parts));
  const tick = (): void => {
    if (sync === "everysec") void commits.sync();
    compactor.wake();
    snapshots.wake();
  };
  resources.use(scheduler.everySecond(tick));
  const closing = new AbortController();
  const backups = new Set<Promise<unknown>>();
  const held = resources.move();
  const close = async (): Promise<void> => {
    const failedBefore = commits.failure !== undefined;
    try {
      closing.abort();
      housekeeping[Symbol.dispose]();
      await Promise.allSettled(backups);
      await compactor.close();
      await segmentFiles.close();
      await commits.drain();
      await snapshots.close();
      await closeLog({ ...parts, segments, failedBefore });
    } finally {
      held.dispose();
    }
  };
  return new LogStore({
    path,
    clock,
    index,
    logged,
    commits,
    values,
    housekeeping,
    statistics: () => {
      const compaction = (): Compactor["statistics"] => compactor.statistics;
      const snapshot = (): SnapshotKeeper["statistics"] => snapshots.statistics;
      return logStatistics({ index, cache, commits, lengths, compaction, snapshot, clock });
    },
    compact: (options) => compactor.compact(options),
    backup: async (target, { onProgress, signal }) => {
      const stop = AbortSignal.any([closing.signal, ...(signal === undefined ? [] : [signal])]);
      const verify = (copy: string): Promise<number> => verifyStore(files, copy);
      const sources = { ...parts, segmentFiles, verify };
      const backup = backUp(sources, target, { onProgress, signal: stop });
      backups.add(backup);
      try {
        return await backup;
      } finally {
        backups.delete(backup);
      }
    },
    close,
  });
}
