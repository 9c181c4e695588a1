import { join } from "node:path";
import { segmentName } from "../file-names.ts";
import type { StoreId } from "../format/store-id.ts";
import type { CopyResult } from "./copy-readable.ts";
import { Listing } from "./listing.ts";
import type { StoreSight } from "./look-at-store.ts";
import type { DamagedLog } from "./read-damaged-log.ts";
import { remarksOn } from "./salvage-remarks.ts";
import type { SalvagedContent, SalvageReport } from "./salvage-report.ts";
import type { UsableSegments } from "./usable-segments.ts";

/** What {@link describeSalvage} goes by. */
export interface SalvageFacts {
  readonly sight: StoreSight;
  readonly target: string;
  readonly storeId: StoreId;
  readonly usable: UsableSegments;
  readonly log: DamagedLog;
  readonly copied: CopyResult;
  readonly kept: SalvagedContent;
}

/** Puts the report of a salvage together. */
export function describeSalvage(facts: SalvageFacts): SalvageReport {
  const { sight, target, storeId, usable, log, copied, kept } = facts;
  const { segments, foreign } = usable;
  const missing = missingSegments(facts);
  const missingPaths = missing.map((segment) => join(sight.directory, segmentName(segment)));
  const skipped = new Listing(copied.skipped.listed());
  for (const file of foreign) skipped.add(file);
  const isLost = missing.length > 0 || skipped.count > 0 || copied.lostKeys.count > 0;
  const isOdd = log.lostRecords > 0 || log.renamed.length > 0 || log.hasUnseenDrops;
  const report = {
    directory: sight.directory,
    target,
    storeId: Buffer.from(storeId).toString("hex"),
    isWhole: !isLost && !isOdd,
    read: {
      from: log.from === undefined ? "log" : "snapshot",
      segments: segments.length,
      bytes: segments.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
      groups: copied.groups,
      records: copied.records,
    },
    kept,
    skipped: skipped.listed(),
    skippedBytes: foreign.reduce((sum, { bytes }) => sum + bytes, copied.skippedBytes),
    missing: new Listing({ list: missingPaths, count: missing.length }).listed(),
    lostKeys: copied.lostKeys.listed(),
    lostRecords: log.lostRecords,
    renamed: log.renamed,
  } as const;
  return { ...report, remarks: remarksOn(report, { isDoubtful: isDoubtful(facts, missing) }) };
}

/** Segments that should be there, and are not. */
function missingSegments({ sight, usable, log }: SalvageFacts): readonly number[] {
  const { survey, seal } = sight;
  const there = new Set(survey.map(({ segment }) => segment));
  const first = Math.max(usable.firstSegment, log.firstSegment);
  const last = Math.max(survey.at(-1)?.segment ?? 0, seal?.segment ?? 0);
  const missing: number[] = [];
  for (let segment = first; segment <= last; segment++) {
    if (!there.has(segment)) missing.push(segment);
  }
  return missing;
}

/** Whether something may be as it was before, for a part of the log that the index was read from is lost. */
function isDoubtful(
  { usable, log, copied, sight }: SalvageFacts,
  missing: readonly number[],
): boolean {
  const from = log.from ?? { segment: 0, offsetBytes: 0 };
  const { lastSkipped } = copied;
  const isSkipped =
    lastSkipped !== undefined &&
    (lastSkipped.segment > from.segment ||
      (lastSkipped.segment === from.segment && lastSkipped.offsetBytes >= from.offsetBytes));
  const foreign = new Set(usable.foreign.map(({ path }) => path));
  const lost = sight.survey.filter(({ path }) => foreign.has(path)).map(({ segment }) => segment);
  return isSkipped || [...missing, ...lost].some((segment) => segment >= from.segment);
}
