import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import { StorageError } from "../errors.ts";
import { emit } from "../events.ts";
import { forwardClock } from "../forward-clock.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import type { Store } from "../store.ts";
import { ValueCache } from "../value-cache/value-cache.ts";
import { DeadPlaces } from "./compaction/dead-places.ts";
import type { FilePort, HeldLock } from "./file-port.ts";
import { STORE_ID_BYTES, type StoreId } from "./format/store-id.ts";
import { guardFiles } from "./guarded-files.ts";
import { type IndexListeners, makeLogIndex } from "./make-log-index.ts";
import { type RoomSizes, USUAL_ROOM } from "./log-room.ts";
import { nodeFiles } from "./node-files.ts";
import { OpeningProgress } from "./opening-progress.ts";
import { recoverLog } from "./recover-log.ts";
import { nodeScheduler, type Scheduler } from "./scheduler.ts";
import { loadSnapshot } from "./snapshot/load-snapshot.ts";
import type { SnapshotProgress } from "./snapshot/write-snapshot.ts";
import { startLog } from "./start-log.ts";
import { isSystemError, systemReason } from "./system-reason.ts";

/**
 * What an acknowledged write survives.
 *
 * `always`: kill -9 and power loss. `everysec`: kill -9; a power loss takes up to the last second,
 * or what a slow disk needs longer. `never`: kill -9; a power loss takes what the system had not
 * written on its own account, half a minute and more.
 */
export type SyncMode = "always" | "everysec" | "never";

/** How to open a log store. */
export interface LogStoreOptions {
  /** Made if it is missing. All files of the store lie in it, and nothing else should. */
  readonly directory: string;
  readonly clock: Clock;
  /** `always` by default. */
  readonly sync?: SyncMode | undefined;
  /**
   * A segment that has reached this length is followed by a new one. 64 MiB by default, 512 MiB at
   * most (a `RangeError` otherwise): a start reads each segment in one piece, which ends at 2 GiB,
   * and the last group may add one more.
   */
  readonly segmentLimitBytes?: number | undefined;
  /** Memory for values that need not be read from the disk; 128 MiB by default, 0 for none. */
  readonly cacheLimitBytes?: number | undefined;
  /**
   * The share of the log that may be dead before the oldest segments are compacted: above 0 and
   * up to 1 (a `RangeError` otherwise), 0.5 by default. 1 leaves it to calls of `compact`.
   */
  readonly deadShareLimit?: number | undefined;
  /** So many bytes of the log may be dead whatever the share, in a store that is small; 0 by default. */
  readonly deadFloorBytes?: number | undefined;
  /**
   * The least number of mutations behind a snapshot of the index before the next one is written;
   * 4,000,000 by default: to replay so many takes less than two seconds, and a snapshot of a million keys as long as 150,000 puts.
   */
  readonly snapshotEveryRecords?: number | undefined;
  /**
   * Asked for each group in the mode `always`: whether the process may stand still while a group is written and synced, as
   * hardly anybody else waits to be served; never by default. It is asked only when the last sync was quick: one client that
   * waits for each write so is spared a trip to another thread and back, a third of the time.
   */
  readonly mayStandStill?: (() => boolean) | undefined;
  /**
   * How far ahead of the log its file is filled with zeros in the mode `always`, and how much has to have been appended before:
   * 1 MiB and 64 KiB by default.
   */
  readonly logRoom?: RoomSizes | undefined;
  /** The machine's own disk by default. */
  readonly files?: FilePort | undefined;
  /** Node's event loop by default. */
  readonly scheduler?: Scheduler | undefined;
  /** Draws the identity of a new store: so many bytes, from a cryptographic source by default. */
  readonly drawBytes?: ((count: number) => Uint8Array) | undefined;
}

/** {@link LogStoreOptions} with nothing left out. */
export type LogSettings = {
  readonly [Name in keyof LogStoreOptions]-?: NonNullable<LogStoreOptions[Name]>;
};

const SEGMENT_LIMIT_BYTES = 64 * 2 ** 20;
const LARGEST_SEGMENT_LIMIT_BYTES = 512 * 2 ** 20;
const CACHE_LIMIT_BYTES = 128 * 2 ** 20;
const DEAD_SHARE_LIMIT = 0.5;
const SNAPSHOT_EVERY_RECORDS = 4_000_000;

/**
 * Opens the log store in a directory, or makes a new one there. Only one store in one process may
 * have it open. Keys are held in memory, values on the disk and, as far as there is room, in a cache.
 *
 * Rejects with `STORAGE_LOCKED`, `STORAGE_INACCESSIBLE`, `STORAGE_DAMAGED` or `STORAGE_FORMAT`;
 * nothing is held then. Tells by events what it found.
 */
export async function openLogStore(options: LogStoreOptions): Promise<Store> {
  const { directory } = options;
  const settings = complete(options);
  try {
    return await open(settings);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const details = { path: directory, ...systemReason(error) };
    throw new StorageError("STORAGE_INACCESSIBLE", details, { cause: error });
  }
}

function complete(options: LogStoreOptions): LogSettings {
  const { segmentLimitBytes = SEGMENT_LIMIT_BYTES, deadShareLimit = DEAD_SHARE_LIMIT } = options;
  if (segmentLimitBytes > LARGEST_SEGMENT_LIMIT_BYTES) {
    throw new RangeError(
      `Cannot write segments of ${segmentLimitBytes} bytes: 512 MiB is the most`,
    );
  }
  if (!(deadShareLimit > 0 && deadShareLimit <= 1)) {
    throw new RangeError(`Cannot keep dead bytes at ${deadShareLimit}: not above 0 and up to 1`);
  }
  return {
    directory: options.directory,
    clock: options.clock,
    sync: options.sync ?? "always",
    segmentLimitBytes,
    cacheLimitBytes: options.cacheLimitBytes ?? CACHE_LIMIT_BYTES,
    deadShareLimit,
    deadFloorBytes: options.deadFloorBytes ?? 0,
    snapshotEveryRecords: options.snapshotEveryRecords ?? SNAPSHOT_EVERY_RECORDS,
    mayStandStill: options.mayStandStill ?? (() => false),
    logRoom: options.logRoom ?? USUAL_ROOM,
    files: options.files ?? nodeFiles,
    scheduler: options.scheduler ?? nodeScheduler,
    drawBytes: options.drawBytes ?? randomBytes,
  };
}

async function open(settings: LogSettings): Promise<Store> {
  const { directory, clock } = settings;
  const startedAtMs = clock();
  await settings.files.makeDirectory(directory);
  using resources = new DisposableStack();
  const lock = resources.use(await takeLock(settings));
  const files = guardFiles(settings.files, lock);
  const listeners: IndexListeners = {};
  const progress = new OpeningProgress({ path: directory, clock });
  const onKeys = (done: SnapshotProgress): void => progress.loadKeys(done.keys, done.ofKeys);
  const makeIndex = (storeId: StoreId): KeyIndex => makeLogIndex(storeId, listeners);
  const log = await recoverLog({
    files,
    directory,
    makeIndex,
    drawStoreId: () => settings.drawBytes(STORE_ID_BYTES),
    loadSnapshot: () => loadSnapshot({ files, directory, makeIndex, onProgress: onKeys }),
    onProgress: (doneBytes, totalBytes) => progress.readBytes(doneBytes, totalBytes),
  });
  const cache = new ValueCache({
    limitBytes: settings.cacheLimitBytes,
    places: log.index.copies,
  });
  const dead = new DeadPlaces({ ...settings, ...log });
  Object.assign(listeners, { cache, dead });
  const forward = { ...settings, files, clock: forwardClock(clock) };
  const store = await startLog(forward, { ...log, cache, dead, lock }, resources);
  const tookMs = clock() - startedAtMs;
  const { keyCount: keys } = log.index;
  const message = `Opened the store at "${directory}" in ${tookMs} ms; keys: ${keys}`;
  emit({ level: "info", type: "opened", message, path: directory, keys, tookMs });
  return store;
}

async function takeLock({ files, directory }: LogSettings): Promise<HeldLock> {
  const taken = await files.lock(directory);
  if (taken.type === "taken") return taken.lock;
  throw new StorageError("STORAGE_LOCKED", { path: directory, holder: taken.holder });
}
