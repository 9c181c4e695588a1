import { dirname, join, resolve } from "node:path";
import { StorageError } from "../errors.ts";
import type { BackupResult, MaintenanceOptions } from "../maintenance.ts";
import { SEAL_NAME, segmentName, segmentNumber, UNFINISHED_SEAL_NAME } from "./file-names.ts";
import { type FilePort, writeFully } from "./file-port.ts";
import type { StoreId } from "./format/store-id.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { GroupGatherer } from "./group-gatherer.ts";
import { isWithin, lookAtPlace } from "./new-directory.ts";
import { writeSeal } from "./seal-file.ts";
import type { SegmentFiles } from "./segment-files.ts";
import { isSystemError, systemReason } from "./system-reason.ts";
import { verifyStore } from "./verify-store.ts";

/** What a backup is made of. */
export interface BackupSources {
  readonly files: FilePort;
  readonly storeId: StoreId;
  /** The store's own directory. */
  readonly path: string;
  readonly gatherer: GroupGatherer;
  readonly commits: GroupCommit;
  readonly segmentFiles: SegmentFiles;
}

/** Read and written at once. */
const PIECE_BYTES = 2 ** 20;

/** What is being written has this added to its name, so that nobody takes it for a backup. */
const UNFINISHED = ".partial";

/**
 * Copies the log up to its present end, while it goes on: the segments are pinned, so compaction keeps
 * them until they have been copied. Sealed like a store that was closed, and read back as a whole,
 * before it gets its name. What a broken backup has left behind
 * is overwritten by the next one of that name.
 *
 * Rejects with `STORAGE_BACKUP_FAILED`, or with the reason of the signal: there is no copy then, unless
 * only the very last step has failed, to make sure of its name; then it may be there or not.
 */
export async function backUp(
  sources: BackupSources,
  target: string,
  options: MaintenanceOptions,
): Promise<BackupResult> {
  const { files } = sources;
  const directory = resolve(target);
  try {
    const { path, names } = await lookAtPlace(files, directory);
    if (names !== undefined) {
      const reason = "it is there already; choose a directory that is not";
      throw new StorageError("STORAGE_BACKUP_FAILED", { path: directory, reason });
    }
    if (isWithin(path, await files.realPath(sources.path))) {
      const reason = "it lies in the store itself; choose a directory outside of it";
      throw new StorageError("STORAGE_BACKUP_FAILED", { path: directory, reason });
    }
    const unfinished = `${path}${UNFINISHED}`;
    await makeEmpty(files, unfinished);
    const { keys, ...copied } = await copyAndVerify(sources, unfinished, options);
    await files.rename(unfinished, path);
    await files.syncDirectory(dirname(path));
    return { directory, keys, ...copied };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const { reason } = systemReason(error);
    const details = { path: directory, reason };
    throw new StorageError("STORAGE_BACKUP_FAILED", details, { cause: error });
  }
}

async function copyAndVerify(
  sources: BackupSources,
  directory: string,
  options: MaintenanceOptions,
): Promise<Omit<BackupResult, "directory">> {
  try {
    const copied = await copyLog(sources, directory, options);
    return { ...copied, keys: await verify(sources.files, directory, options) };
  } catch (error) {
    await removeUnfinished(sources.files, directory);
    throw error;
  }
}

/** Reads the copy back. What is wrong with it is not wrong with the store. */
async function verify(
  files: FilePort,
  directory: string,
  { signal }: MaintenanceOptions,
): Promise<number> {
  try {
    return await verifyStore(files, directory, signal);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const reason = `what was written does not read back: ${error.message}`;
    const details = { path: directory, reason };
    throw new StorageError("STORAGE_BACKUP_FAILED", details, { cause: error });
  }
}

async function copyLog(
  { files, path, storeId, gatherer, commits, segmentFiles }: BackupSources,
  directory: string,
  { onProgress, signal }: MaintenanceOptions,
): Promise<Omit<BackupResult, "directory" | "keys">> {
  const end = gatherer.mark();
  using pins = new DisposableStack();
  const first = gatherer.firstSegment;
  for (let number = first; number <= end.segment; number++) pins.use(segmentFiles.pin(number));
  await commits.flush();
  const list: { readonly segment: number; readonly lengthBytes: number }[] = [];
  for (let segment = first; segment <= end.segment; segment++) {
    const isLast = segment === end.segment;
    const whole = isLast ? end.offsetBytes : await files.size(join(path, segmentName(segment)));
    list.push({ segment, lengthBytes: whole });
  }
  const totalBytes = list.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  let doneBytes = 0;
  for (const { segment, lengthBytes } of list) {
    const copy = join(directory, segmentName(segment));
    await using opened = new AsyncDisposableStack();
    const file = await files.open(copy, { file: "new", syncsEveryWrite: false });
    opened.defer(() => file.close());
    for (let at = 0; at < lengthBytes; at += PIECE_BYTES) {
      signal?.throwIfAborted();
      const wanted = Math.min(PIECE_BYTES, lengthBytes - at);
      const piece = await segmentFiles.read(segment, at, wanted);
      await writeFully(file, piece, at);
      doneBytes += piece.length;
      onProgress?.(doneBytes, totalBytes);
    }
    await file.sync();
  }
  const { segment, offsetBytes: lengthBytes, sequence: lastSequence, lastRevision } = end;
  const places = { segment, lengthBytes, lastSequence, lastRevision, firstSegment: first };
  await writeSeal(files, directory, { storeId, ...places });
  return { segments: list.length, bytes: doneBytes, lastRevision };
}

/** What a backup writes besides segments. A store that was ever opened has other files, too. */
const SEALS: ReadonlySet<string> = new Set([SEAL_NAME, UNFINISHED_SEAL_NAME]);

/** Makes the directory, or takes out of it what a broken backup has left. Anything else in it may be anybody's. */
async function makeEmpty(files: FilePort, directory: string): Promise<void> {
  await files.makeDirectory(directory);
  const names = await files.list(directory);
  if (names.every((name) => segmentNumber(name) !== undefined || SEALS.has(name))) {
    for (const name of names) await files.remove(join(directory, name));
    return;
  }
  const reason = "that directory is in the way; remove it or choose another name";
  throw new StorageError("STORAGE_BACKUP_FAILED", { path: directory, reason });
}

/** Takes away what a backup that failed has written. A disk that refuses is let be. */
async function removeUnfinished(files: FilePort, directory: string): Promise<void> {
  try {
    for (const name of await files.list(directory)) await files.remove(join(directory, name));
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}
