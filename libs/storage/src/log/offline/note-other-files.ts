import { join } from "node:path";
import { SEAL_NAME, segmentNumber, UNFINISHED_SEAL_NAME } from "../file-names.ts";
import { SNAPSHOT_NAME, UNFINISHED_SNAPSHOT_NAME } from "../snapshot/snapshot-name.ts";
import type { Findings } from "./findings.ts";
import type { LogExamination } from "./log-examination.ts";
import type { StoreSight } from "./look-at-store.ts";

/** Files of which there is nothing to say. */
const OWN_NAMES: ReadonlySet<string> = new Set([SEAL_NAME, SNAPSHOT_NAME, "LOCK", "LOCK.pid"]);

const UNFINISHED_NAMES: ReadonlySet<string> = new Set([
  UNFINISHED_SEAL_NAME,
  UNFINISHED_SNAPSHOT_NAME,
]);

/** Where a log begins, and what of it was looked at. */
export type LogRange = Pick<LogExamination, "toldFirstSegment" | "startSegment">;

const CUT_NAME = /^\d{8,}\.log\.\d+(?:-\d+)?\.cut$/u;

/**
 * Notes the files that the store does not need, by the segment where it begins, those that were not looked at,
 * by the one that was the first to be, and those that are none of it.
 */
export function noteOtherFiles(
  findings: Findings,
  { directory, names }: Pick<StoreSight, "directory" | "names">,
  log: LogRange,
): void {
  for (const name of names) {
    const reason = reasonOf(name, log);
    if (reason === undefined) continue;
    findings.add({ severity: "note", path: join(directory, name), offsetBytes: 0, reason });
  }
}

function reasonOf(name: string, { toldFirstSegment, startSegment }: LogRange): string | undefined {
  const segment = segmentNumber(name);
  if (segment !== undefined) {
    if (segment < toldFirstSegment) {
      return "the log does not need it any more; the next start removes it";
    }
    const isRead = segment >= startSegment;
    return isRead ? undefined : "it was not looked at, since a file behind it is missing";
  }
  if (OWN_NAMES.has(name)) return undefined;
  if (UNFINISHED_NAMES.has(name)) return "it was not finished; the next one overwrites it";
  return CUT_NAME.test(name)
    ? "an earlier start has cut this off the log after a crash; no start needs it"
    : "it is no file of a store";
}
