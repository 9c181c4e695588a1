import { join } from "node:path";
import { segmentName } from "../file-names.ts";
import type { Flaw } from "../flaw.ts";
import { judgeLog, type Verdict } from "../judge-log.ts";
import type { Findings } from "./findings.ts";
import type { LogExamination, LogFault } from "./log-examination.ts";
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
  const { faults, furtherFaults } = log;
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
  findings.addFurther(furtherFaults);
  if (verdict.type === "damaged") {
    const { flaw } = verdict;
    // A start that met a flaw early has not read that the log does without its oldest segments.
    if (flaw.segment >= log.toldFirstSegment || flaw.segment >= log.startSegment) tell(flaw);
  }
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

/** How the end of the log differs from the seal: a start tells it only when it finds nothing else. */
function endFault({ seal, survey }: StoreSight, faults: readonly LogFault[]): LogFault | undefined {
  if (seal === undefined) return undefined;
  const { segment, lengthBytes } = seal;
  const last = survey.at(-1)?.segment ?? 0;
  if (last < segment) return { segment: last + 1, offsetBytes: 0, reason: "the file is missing" };
  const found = survey.find((file) => file.segment === segment)?.lengthBytes ?? 0;
  if (found === lengthBytes || faults.some((fault) => fault.segment === segment)) return undefined;
  const reason = `the file has ${found} bytes, the seal says ${lengthBytes}`;
  return { segment, offsetBytes: Math.min(found, lengthBytes), reason };
}
