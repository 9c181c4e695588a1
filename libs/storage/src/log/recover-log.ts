import { join } from "node:path";
import { StorageError } from "../errors.ts";
import type { Tables } from "../state/tables.ts";
import { cutTail } from "./cut-tail.ts";
import { SEAL_NAME, segmentName, segmentNumber } from "./file-names.ts";
import type { FilePort } from "./file-port.ts";
import type { StoreId } from "./format/store-id.ts";
import { judgeLog } from "./judge-log.ts";
import { type LogEnd, LogReplay } from "./log-replay.ts";
import { rewriteEnd } from "./rewrite-end.ts";
import { readSeal, removeSeal } from "./seal-file.ts";
import { skipRevisions } from "./skip-revisions.ts";

/** A log that has been understood and may be written to. */
export interface RecoveredLog {
  readonly tables: Tables;
  readonly end: LogEnd;
  /** `undefined` for a log without a segment yet. */
  readonly storeId: StoreId | undefined;
  /** Whether the next revision is not the one after the last in the log; see {@link skipRevisions}. */
  readonly skipsRevisions: boolean;
}

/**
 * Reads the whole log in `directory`, and only then puts its end in order: cuts a torn tail off,
 * makes sure that what was read is on the disk, takes the seal away.
 *
 * Throws `STORAGE_DAMAGED` or `STORAGE_FORMAT`, having written nothing.
 */
export async function recoverLog(files: FilePort, directory: string): Promise<RecoveredLog> {
  const names = await files.list(directory);
  const segments = names
    .map(segmentNumber)
    .filter((number) => number !== undefined)
    .toSorted((one, other) => one - other);
  const seal = names.includes(SEAL_NAME) ? await readSeal(files, directory) : undefined;
  const replay = new LogReplay();
  let lastBytes: Uint8Array = new Uint8Array();
  for (const segment of segments) {
    const path = join(directory, segmentName(segment));
    const bytes = await files.read(path);
    replay.addSegment({ path, segment, bytes });
    if (replay.end.segment === segment) lastBytes = bytes;
  }
  const verdict = judgeLog(replay, seal);
  if (verdict.type === "damaged") {
    const { segment, offsetBytes, reason } = verdict.flaw;
    const path = join(directory, segmentName(segment));
    const wayOut = "restore the directory from a backup";
    throw new StorageError("STORAGE_DAMAGED", { path, offsetBytes, reason, wayOut });
  }
  const { tables, end, storeId } = replay;
  if (verdict.type === "torn") await cutTail({ files, directory, names, segments }, verdict.flaw);
  if (seal !== undefined) await removeSeal(files, directory);
  else if (end.segment > 0) {
    const { vouchedSequence } = replay;
    await rewriteEnd(files, directory, { bytes: lastBytes, end, vouchedSequence });
  }
  // A new segment, or one that was set aside, is only safe with its name.
  if (seal === undefined) await files.syncDirectory(directory);
  return { tables, end, storeId, skipsRevisions: skipRevisions(tables, end, seal) };
}
