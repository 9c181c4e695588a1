import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import { StorageError } from "../errors.ts";
import { emit } from "../events.ts";
import { forwardClock } from "../forward-clock.ts";
import { bucketById, countKeys } from "../state/tables.ts";
import type { Store } from "../store.ts";
import { closeLog } from "./close-log.ts";
import type { FilePort } from "./file-port.ts";
import { STORE_ID_BYTES } from "./format/store-id.ts";
import { GroupCommit } from "./group-commit.ts";
import { GroupGatherer } from "./group-gatherer.ts";
import { LogStore } from "./log-store.ts";
import { nodeFiles } from "./node-files.ts";
import { type RecoveredLog, recoverLog } from "./recover-log.ts";
import { nodeScheduler, type Scheduler } from "./scheduler.ts";
import { SegmentWriter } from "./segment-writer.ts";
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
   * A segment that has reached this length is followed by a new one. 256 MiB by default, 512 MiB at
   * most (a `RangeError` otherwise): a start reads each segment in one piece, which ends at 2 GiB,
   * and the last group may add one more.
   */
  readonly segmentLimitBytes?: number | undefined;
  /** The machine's own disk by default. */
  readonly files?: FilePort | undefined;
  /** Node's event loop by default. */
  readonly scheduler?: Scheduler | undefined;
  /** Draws the identity of a new store: so many bytes, from a cryptographic source by default. */
  readonly drawBytes?: ((count: number) => Uint8Array) | undefined;
}

type Settings = { readonly [Name in keyof LogStoreOptions]-?: NonNullable<LogStoreOptions[Name]> };

const SEGMENT_LIMIT_BYTES = 256 * 2 ** 20;
const LARGEST_SEGMENT_LIMIT_BYTES = 512 * 2 ** 20;

/**
 * Opens the log store in a directory, or makes a new one there. Only one store in one process may
 * have it open. All keys and values are held in memory.
 *
 * Rejects with `STORAGE_LOCKED`, `STORAGE_INACCESSIBLE`, `STORAGE_DAMAGED` or `STORAGE_FORMAT`;
 * nothing is held then. Tells by events what it found.
 */
export async function openLogStore(options: LogStoreOptions): Promise<Store> {
  const { directory, segmentLimitBytes = SEGMENT_LIMIT_BYTES } = options;
  if (segmentLimitBytes > LARGEST_SEGMENT_LIMIT_BYTES) {
    throw new RangeError(
      `Cannot write segments of ${segmentLimitBytes} bytes: 512 MiB is the most`,
    );
  }
  try {
    return await open({
      directory,
      clock: options.clock,
      sync: options.sync ?? "always",
      segmentLimitBytes,
      files: options.files ?? nodeFiles,
      scheduler: options.scheduler ?? nodeScheduler,
      drawBytes: options.drawBytes ?? randomBytes,
    });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const details = { path: directory, ...systemReason(error) };
    throw new StorageError("STORAGE_INACCESSIBLE", details, { cause: error });
  }
}

async function open(settings: Settings): Promise<Store> {
  const { files, directory, clock } = settings;
  const startedAtMs = clock();
  await files.makeDirectory(directory);
  using resources = new DisposableStack();
  resources.use(await takeLock(settings));
  const log = await recoverLog(files, directory);
  const store = await start(settings, log, resources);
  const keys = countKeys(log.tables);
  const tookMs = clock() - startedAtMs;
  const message = `Opened the store at "${directory}" in ${tookMs} ms; keys: ${keys}`;
  emit({ level: "info", type: "opened", message, path: directory, keys, tookMs });
  return store;
}

async function takeLock({ files, directory }: Settings): Promise<Disposable> {
  const taken = await files.lock(directory);
  if (taken.type === "taken") return taken.lock;
  throw new StorageError("STORAGE_LOCKED", { path: directory, holder: taken.holder });
}

/** Moves `resources` into the store once nothing can fail any more. */
async function start(
  settings: Settings,
  log: RecoveredLog,
  resources: DisposableStack,
): Promise<Store> {
  const { files, directory, clock, sync, scheduler, segmentLimitBytes } = settings;
  const { tables, end, skipsRevisions: syncsFirstGroup } = log;
  const storeId = log.storeId ?? settings.drawBytes(STORE_ID_BYTES);
  const how = { syncsEveryWrite: sync === "always", syncsFirstGroup };
  const segments = await SegmentWriter.open({ files, directory, storeId, ...how }, end);
  const nameOf = (bucketId: number): Uint8Array => bucketById(tables, bucketId).name;
  const gatherer = new GroupGatherer({ end: segments.end, segmentLimitBytes, nameOf });
  const { lastRevision } = tables;
  const path = directory;
  const commits = new GroupCommit({ path, gatherer, segments, scheduler, lastRevision });
  if (sync === "everysec") resources.use(scheduler.everySecond(() => void commits.sync()));
  const held = resources.move();
  const close = async (): Promise<void> => {
    try {
      await closeLog({ files, directory, storeId, tables, segments, commits });
    } finally {
      held.dispose();
    }
  };
  return new LogStore({ path, clock: forwardClock(clock), tables, commits, close });
}
