import type { Store } from "../store.ts";
import type { ValueCache } from "../value-cache/value-cache.ts";
import { Backups } from "./backups.ts";
import { closeLog } from "./close-log.ts";
import { Compactor } from "./compaction/compactor.ts";
import type { DeadPlaces } from "./compaction/dead-places.ts";
import { checksumSeed } from "./format/store-id.ts";
import type { HeldLock } from "./file-port.ts";
import { GroupCommit } from "./group-commit.ts";
import { GroupGatherer } from "./group-gatherer.ts";
import { Housekeeping } from "./housekeeping.ts";
import { LogStore } from "./log-store.ts";
import { LoggedIndex } from "./logged-index.ts";
import type { LogSettings } from "./open-log-store.ts";
import type { RecoveredLog } from "./recover-log.ts";
import { SegmentFiles } from "./segment-files.ts";
import { SegmentWriter } from "./segment-writer.ts";
import { SnapshotKeeper } from "./snapshot-keeper.ts";
import { LOCK_LOST, systemError } from "./system-reason.ts";
import { ValueReader } from "./value-reader.ts";

/** A log that was recovered, or is new, the lock of its directory, and what is told of changes of its index. */
export type FoundStore = RecoveredLog & {
  readonly cache: ValueCache;
  readonly dead: DeadPlaces;
  readonly lock: HeldLock;
};

/** Sets a store going on a log. Moves `resources` into it once nothing can fail any more. */
export async function startLog(
  settings: LogSettings,
  found: FoundStore,
  resources: DisposableStack,
): Promise<Store> {
  const { directory: path, sync, scheduler } = settings;
  const syncsEveryWrite = sync === "always";
  const how = {
    ...settings,
    ...found,
    syncsEveryWrite,
    syncsFirstGroup: found.skipsRevisions,
    room: settings.logRoom,
  };
  const segments = await SegmentWriter.open(how, found);
  const parts = assemble({ ...settings, ...found, path }, segments);
  const { commits, compactor, snapshots, housekeeping } = parts;
  // A fast writer fills many of them in a second.
  segments.onSegment = () => compactor.wake();
  resources.use(housekeeping);
  const tick = (): void => {
    // A write would find out by itself; a store that is idle has to say so, too.
    if (!found.lock.isHeld()) commits.stop(systemError(LOCK_LOST, "stat"));
    if (sync === "everysec") void commits.sync();
    compactor.wake();
    snapshots.wake();
  };
  resources.use(scheduler.everySecond(tick));
  const held = resources.move();
  const close = async (): Promise<void> => {
    try {
      await closeParts(parts);
    } finally {
      held.dispose();
    }
  };
  return new LogStore({ ...parts, close });
}

/** Everything an open store is made of. */
function assemble(
  settings: LogSettings & FoundStore & { readonly path: string },
  segments: SegmentWriter,
) {
  const { path, scheduler, storeId, index } = settings;
  const { lastRevision } = index;
  const { end, lengths } = segments;
  const gatherer = new GroupGatherer({ ...settings, end });
  const commits = new GroupCommit({ path, gatherer, segments, scheduler, lastRevision });
  const logged = new LoggedIndex({ ...settings, gatherer, commits });
  const segmentFiles = new SegmentFiles(settings);
  const parts = { ...settings, segments, gatherer, commits, logged, lengths, segmentFiles };
  const seed = checksumSeed(storeId);
  return {
    ...parts,
    values: new ValueReader({ ...parts, files: segmentFiles }),
    compactor: new Compactor({ ...parts, files: segmentFiles, seed }),
    snapshots: new SnapshotKeeper({ ...parts, recordsBehind: settings.replayedRecords }),
    housekeeping: new Housekeeping(parts),
    backups: new Backups(parts),
  };
}

async function closeParts(parts: ReturnType<typeof assemble>): Promise<void> {
  const { commits, housekeeping, backups, compactor, segmentFiles, snapshots } = parts;
  const failedBefore = commits.failure !== undefined;
  housekeeping[Symbol.dispose]();
  await backups.close();
  await compactor.close();
  await segmentFiles.close();
  await commits.drain();
  await snapshots.close();
  await closeLog({ ...parts, failedBefore });
}
