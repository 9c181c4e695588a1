import { emit } from "../events.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import type { FilePort } from "./file-port.ts";
import type { StoreId } from "./format/store-id.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { GroupGatherer } from "./group-gatherer.ts";
import { writeSeal } from "./seal-file.ts";
import type { SegmentWriter } from "./segment-writer.ts";
import { isSystemError, systemReason } from "./system-reason.ts";

/** A log that is open for writing. */
export interface OpenLog {
  readonly files: FilePort;
  readonly directory: string;
  readonly storeId: StoreId;
  readonly index: KeyIndex;
  readonly segments: SegmentWriter;
  readonly gatherer: GroupGatherer;
  readonly commits: GroupCommit;
  /** Whether writes had failed when the store began to close. */
  readonly failedBefore: boolean;
}

/**
 * Brings everything that was appended to the disk and seals the log. Without a seal the next start
 * reads it as after a crash, so one that cannot be written, now or since a write has failed, is told
 * of and no more.
 *
 * Rejects with `STORAGE_WRITE_UNKNOWN` when the disk fails now; a failure before was told of then.
 */
export async function closeLog({
  segments,
  commits,
  failedBefore,
  ...log
}: OpenLog): Promise<void> {
  await commits.drain();
  await commits.sync();
  const { failure } = commits;
  let obstacle = failure?.details.reason;
  try {
    await segments.close();
    if (failure === undefined) await seal(log, segments);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    obstacle ??= systemReason(error).reason;
  }
  if (obstacle !== undefined) tellNotSealed(log.directory, obstacle);
  if (failure !== undefined && !failedBefore) throw failure;
}

function tellNotSealed(path: string, reason: string): void {
  const message = `Could not seal the store at "${path}": ${reason}; the next start checks the end of its log as after a crash`;
  emit({ level: "warn", type: "not-sealed", message, path, reason });
}

async function seal(
  {
    files,
    directory,
    storeId,
    index,
    gatherer: { firstSegment },
  }: Omit<OpenLog, "segments" | "commits" | "failedBefore">,
  { end }: SegmentWriter,
): Promise<void> {
  const { segment, lengthBytes, sequence: lastSequence } = end;
  const { lastRevision } = index;
  const places = { segment, lengthBytes, lastSequence, lastRevision, firstSegment };
  await writeSeal(files, directory, { storeId, ...places });
  const message = `Sealed the store at "${directory}"`;
  emit({ level: "info", type: "sealed", message, path: directory });
}
