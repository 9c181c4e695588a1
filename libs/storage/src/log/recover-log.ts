import { join } from "node:path";
import { StorageError } from "../errors.ts";
import type { KeyIndex } from "../key-index/key-index.ts";
import { CHECK_COMMAND, SALVAGE_COMMAND } from "../operator-commands.ts";
import { cutTail } from "./cut-tail.ts";
import { SEAL_NAME, segmentName } from "./file-names.ts";
import type { StoreId } from "./format/store-id.ts";
import { judgeLog } from "./judge-log.ts";
import type { LogEnd } from "./log-replay.ts";
import { readLog, type ReadLogOptions } from "./read-log.ts";
import { removeLeftovers } from "./remove-leftovers.ts";
import { rewriteEnd } from "./rewrite-end.ts";
import { readSeal, removeSeal } from "./seal-file.ts";
import { skipRevisions } from "./skip-revisions.ts";
import { UNFINISHED_SNAPSHOT_NAME } from "./snapshot/snapshot-name.ts";
import { removeUnfinishedSnapshot } from "./snapshot/write-snapshot.ts";

/** What {@link recoverLog} has to know. */
export type RecoverLogOptions = ReadLogOptions;

/** A log that has been understood and may be written to. */
export interface RecoveredLog {
  readonly index: KeyIndex;
  readonly storeId: StoreId;
  /** All zero for a log without a segment yet. */
  readonly end: LogEnd;
  /** The oldest segment that is needed; 1 for a log without a segment yet. */
  readonly firstSegment: number;
  /** Those that are there, in order; none is missing. */
  readonly segments: readonly { readonly segment: number; readonly lengthBytes: number }[];
  /** Whether the next revision is not the one after the last in the log; see {@link skipRevisions}. */
  readonly skipsRevisions: boolean;
  readonly replayedRecords: number;
  /** Whether a snapshot saved replaying the whole log. */
  readonly recoveredFrom: "log" | "snapshot";
}

/**
 * Understands the log in `directory`, from a snapshot of the index and what the log says since, or
 * from the whole log. Only then puts its end in order: cuts a torn tail off, makes sure that what was
 * read is on the disk, takes away the seal, the segments that nobody needs any more, and a snapshot that was not finished.
 *
 * A snapshot that is of no use is told of by an event: the log alone says all there is to know.
 *
 * Throws `STORAGE_DAMAGED` or `STORAGE_FORMAT`, having written nothing.
 */
export async function recoverLog(options: RecoverLogOptions): Promise<RecoveredLog> {
  const { files, directory } = options;
  const names = await files.list(directory);
  const seal = names.includes(SEAL_NAME) ? await readSeal(files, directory) : undefined;
  const log = await readLog(options, names, seal);
  const { replay, survey, index, storeId } = log;
  const verdict = judgeLog(replay, seal);
  if (verdict.type === "damaged") {
    const { segment, offsetBytes, reason } = verdict.flaw;
    const path = join(directory, segmentName(segment));
    throw new StorageError("STORAGE_DAMAGED", { path, offsetBytes, reason, wayOut: WAY_OUT });
  }
  const { end, firstSegment } = replay;
  const segments = survey.map(({ segment }) => segment);
  if (verdict.type === "torn") await cutTail({ files, directory, names, segments }, verdict.flaw);
  if (seal !== undefined) await removeSeal(files, directory);
  else if (end.segment > 0) {
    const { vouchedSequence } = replay;
    await rewriteEnd(files, directory, { bytes: log.lastBytes, end, vouchedSequence });
  }
  // A new segment, or one that was set aside, is only safe with its name.
  if (seal === undefined) await files.syncDirectory(directory);
  if (names.includes(UNFINISHED_SNAPSHOT_NAME)) await removeUnfinishedSnapshot(files, directory);
  await removeLeftovers({ files, directory, survey }, firstSegment);
  // A key that lapsed was taken out of the index without a record: a snapshot, or a segment that was left over, does not know.
  index.removeExpiringBefore(firstSegment);
  return {
    index,
    storeId,
    end,
    firstSegment,
    segments: survey
      .filter(({ segment }) => firstSegment <= segment && segment <= end.segment)
      .map(({ segment, lengthBytes }) => {
        return { segment, lengthBytes: segment === end.segment ? end.lengthBytes : lengthBytes };
      }),
    skipsRevisions: skipRevisions(index, end, seal),
    replayedRecords: replay.recordCount,
    recoveredFrom: log.usesSnapshot ? "snapshot" : "log",
  };
}

const WAY_OUT = `run ${CHECK_COMMAND} and ${SALVAGE_COMMAND}, or restore it from a backup`;
