import { join } from "node:path";
import { segmentName } from "../file-names.ts";
import type { StoreId } from "../format/store-id.ts";
import type { CopyResult } from "./copy-readable.ts";
import { Listing } from "./listing.ts";
import type { StoreSight } from "./look-at-store.ts";
import type { DamagedLog } from "./read-damaged-log.ts";
import { remarksOn } from "./salvage-remarks.ts";
import type { SalvagedContent, SalvageReport, SalvageSource } from "./salvage-report.ts";
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
  const lostGroups = copied.lostGroups + Math.max(0, lastKnown(facts) - copied.lastSequence);
  const report = {
    directory: sight.directory,
    target,
    storeId: Buffer.from(storeId).toString("hex"),
    read: {
      from: log.from === undefined ? "log" : "snapshot",
      segments: segments.length,
      bytes: segments.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
      groups: copied.groups,
      records: copied.records,
      seal: sealState(sight),
    },
    kept,
    lostGroups,
    skipped: skipped.listed(),
    skippedBytes: foreign.reduce((sum, { bytes }) => sum + bytes, copied.skippedBytes),
    missing: new Listing({ list: missingPaths, count: missing.length }).listed(),
    lostKeys: copied.lostKeys.listed(),
    lostRecords: log.lostRecords,
    renamed: log.renamed,
  } as const;
  const remarks = remarksOn(report, { isDoubtful: isDoubtful(facts) });
  return { ...report, isWhole: remarks.length === 0, remarks };
}

function sealState({ seal, sealFault }: StoreSight): SalvageSource["seal"] {
  if (seal !== undefined) return "good";
  return sealFault === undefined ? "missing" : "unreadable";
}

/** The last group that was once in the log, as others tell. */
function lastKnown({ sight, log }: SalvageFacts): number {
  return Math.max(sight.seal?.lastSequence ?? 0, log.endSequence);
}

/** Segments that should be there, and are not. */
function missingSegments({ sight, usable, log }: SalvageFacts): readonly number[] {
  const { survey, seal } = sight;
  const there = new Set(survey.map(({ segment }) => segment));
  const first = Math.max(usable.firstSegment, log.firstSegment);
  const last = Math.max(survey.at(-1)?.segment ?? 0, seal?.segment ?? 0, log.from?.segment ?? 0);
  const missing: number[] = [];
  for (let segment = first; segment <= last; segment++) {
    if (!there.has(segment)) missing.push(segment);
  }
  return missing;
}

/** Whether a part of the log is lost of which the index might have known. */
function isDoubtful(facts: SalvageFacts): boolean {
  const { log, copied, usable } = facts;
  const sequence = log.from?.sequence ?? 0;
  const isCutShort = lastKnown(facts) > Math.max(copied.lastSequence, sequence);
  const first = usable.segments[0]?.segment ?? 0;
  const lacksStart = missingSegments(facts).some((segment) => segment < first);
  const isReadFromStart = log.from === undefined && lacksStart;
  const isGapped = copied.lastLostSequence > sequence || log.hasUnseenDrops;
  return isGapped || isCutShort || isReadFromStart;
}
