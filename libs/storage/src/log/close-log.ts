import { emit } from "../events.ts";
import type { FilePort } from "./file-port.ts";
import type { StoreId } from "./format/store-id.ts";
import type { GroupCommit } from "./group-commit.ts";
import { writeSeal } from "./seal-file.ts";
import type { SegmentWriter } from "./segment-writer.ts";
import { isSystemError, systemReason } from "./system-reason.ts";

/** A log that is open for writing. */
export interface OpenLog {
  readonly files: FilePort;
  readonly directory: string;
  readonly storeId: StoreId;
  readonly segments: SegmentWriter;
  readonly commits: GroupCommit;
}

/**
 * Brings everything that was appended to the disk and seals the log. Without a seal the next start
 * reads it as after a crash, so one that cannot be written is told of and no more.
 *
 * Rejects with `STORAGE_WRITE_UNKNOWN` when the disk fails now; a failure before was told of then.
 */
export async function closeLog({ segments, commits, ...log }: OpenLog): Promise<void> {
  const failedBefore = commits.failure !== undefined;
  await commits.drain();
  await commits.sync();
  try {
    await segments.close();
    if (commits.failure === undefined) await seal(log, segments);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const reason = systemReason(error);
    const message = `Could not seal the store at "${log.directory}": ${reason}`;
    emit({ level: "warn", type: "not-sealed", message, path: log.directory, reason });
  }
  const { failure } = commits;
  if (failure !== undefined && !failedBefore) throw failure;
}

async function seal(
  { files, directory, storeId }: Pick<OpenLog, "files" | "directory" | "storeId">,
  { end }: SegmentWriter,
): Promise<void> {
  const { segment, lengthBytes, sequence: lastSequence } = end;
  await writeSeal(files, directory, { storeId, segment, lengthBytes, lastSequence });
  const message = `Sealed the store at "${directory}"`;
  emit({ level: "info", type: "sealed", message, path: directory });
}
