import { join } from "node:path";
import { segmentName } from "../file-names.ts";
import type { Flaw } from "../flaw.ts";
import { judgeLog, type Verdict } from "../judge-log.ts";
import type { Findings } from "./findings.ts";
import type { LogExamination } from "./log-examination.ts";
import { type LogFault, missingReason } from "./log-fault.ts";
import type { StoreSight } from "./look-at-store.ts";

/** What {@link tellVerdict} goes by. */
export interface VerdictSources {
  readonly log: LogExamination;
  readonly sight: StoreSight;
}

/** Adds what is wrong with the log, or contradicts the seal; returns what a start would make of it. */
export function tellVerdict(findings: Findings, { log, sight }: VerdictSources): Verdict["type"] {
  const { directory, seal, sealFault } = sight;
  const tell = ({ segment, offsetBytes, reason }: LogFault, isTorn = false): void => {
    const severity = isTorn ? "torn-tail" : "damage";
    const path = join(directory, segmentName(segment));
    findings.add({ severity, path, offsetBytes, reason });
  };
  const { list: faults, count } = log.faults.listed();
  const verdict = judgeLog(log, seal);
  if (sealFault !== undefined) findings.add({ severity: "damage", offsetBytes: 0, ...sealFault });
  // There was a seal, so everything was on the disk.
  if (verdict.type === "torn" && sealFault === undefined) {
    const { flaw } = verdict;
    for (const fault of faults) if (isBefore(fault, flaw)) tell(fault);
    const reason = `${flaw.reason}; the next start cuts off ${tailBytes(log, flaw)} bytes, which nobody was promised, and keeps them in a file beside`;
    tell({ ...flaw, reason }, true);
    return "torn";
  }
  for (const fault of faults) tell(fault);
  findings.addFurther(count - faults.length);
  for (const fault of missingAtStart(log, sight)) tell(fault);
  const isRead = verdict.type === "damaged" && verdict.flaw.segment >= log.startSegment;
  if (isRead && log.startSegment > 0) tell(verdict.flaw);
  const end = endFault(sight, faults);
  if (end !== undefined) tell(end);
  return verdict.type === "whole" ? "whole" : "damaged";
}

function isBefore(fault: LogFault, flaw: Flaw): boolean {
  return fault.segment === flaw.segment
    ? fault.offsetBytes < flaw.offsetBytes
    : fault.segment < flaw.segment;
}

function tailBytes({ segments }: LogExamination, flaw: Flaw): number {
  return segments
    .filter(({ number }) => number >= flaw.segment)
    .reduce((sum, { bytes }) => sum + bytes, -flaw.offsetBytes);
}

/** The oldest files that are missing; where one is, a start begins behind it, and tells no other. */
function missingAtStart(log: LogExamination, { survey }: StoreSight): readonly LogFault[] {
  const { startSegment, toldFirstSegment } = log;
  const faults: LogFault[] = [];
  let expected = toldFirstSegment;
  for (const { segment } of survey) {
    if (segment > startSegment || segment < expected) continue;
    if (segment > expected) faults.push(missingFrom(expected, segment - 1));
    expected = segment + 1;
  }
  return faults;
}

function missingFrom(segment: number, last: number): LogFault {
  return { segment, offsetBytes: 0, reason: missingReason(last - segment + 1) };
}

/** How the end of the log differs from the seal: a start tells it only when it finds nothing else. */
function endFault({ seal, survey }: StoreSight, faults: readonly LogFault[]): LogFault | undefined {
  if (seal === undefined) return undefined;
  const { segment, lengthBytes, firstSegment } = seal;
  const next = Math.max(firstSegment, (survey.at(-1)?.segment ?? 0) + 1);
  if (next <= segment) return missingFrom(next, segment);
  const found = survey.find((file) => file.segment === segment)?.lengthBytes ?? 0;
  if (found === lengthBytes || faults.some((fault) => fault.segment === segment)) return undefined;
  const reason = `the file has ${found} bytes, the seal says ${lengthBytes}`;
  return { segment, offsetBytes: Math.min(found, lengthBytes), reason };
}
