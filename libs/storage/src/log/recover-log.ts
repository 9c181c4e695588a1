import { join } from "node:path";
import { StorageError } from "../errors.ts";
import type { Tables } from "../state/tables.ts";
import { cutTail } from "./cut-tail.ts";
import { SEAL_NAME, segmentName, segmentNumber } from "./file-names.ts";
import type { FilePort } from "./file-port.ts";
import type { StoreId } from "./format/store-id.ts";
import { judgeLog } from "./judge-log.ts";
import { type LogEnd, LogReplay } from "./log-replay.ts";
import { readSeal, removeSeal } from "./seal-file.ts";

/** A log that has been understood and may be written to. */
export interface RecoveredLog {
  readonly tables: Tables;
  readonly end: LogEnd;
  /** `undefined` for a log without a segment yet. */
  readonly storeId: StoreId | undefined;
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
  for (const segment of segments) {
    const path = join(directory, segmentName(segment));
    replay.addSegment({ path, segment, bytes: await files.read(path) });
  }
  const verdict = judgeLog(replay, seal);
  if (verdict.type === "damaged") {
    const { segment, offsetBytes, reason } = verdict.flaw;
    const path = join(directory, segmentName(segment));
    throw new StorageError("STORAGE_DAMAGED", { path, offsetBytes, reason });
  }
  const { tables, end, storeId } = replay;
  if (verdict.type === "torn") await cutTail({ files, directory, names, segments }, verdict.flaw);
  if (seal === undefined) await syncEnd(files, directory, end);
  else await removeSeal(files, directory);
  return { tables, end, storeId };
}

/**
 * After a crash of the process alone, what was read may have come from the system's memory. The
 * segments before the last one were synced before it was begun.
 */
async function syncEnd(files: FilePort, directory: string, end: LogEnd): Promise<void> {
  if (end.segment > 0) {
    const path = join(directory, segmentName(end.segment));
    const file = await files.open(path, { file: "existing", syncsEveryWrite: false });
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
  await files.syncDirectory(directory);
}
