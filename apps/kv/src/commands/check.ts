import { formatBytes, type StandaloneCommand } from "@kv/application";
import { type CheckReport, checkStore, type Finding } from "@kv/storage";
import { counted } from "./counted.ts";
import { maintenanceOptions } from "./maintain.ts";
import { requiredPath } from "./typed-path.ts";

/** `check DIR`: reads a whole store that no node uses, and says what is wrong with it. */
export const checkCommand: StandaloneCommand<CheckReport, never> = {
  name: "check",
  summary: "Reads a whole store that no node uses, and says what is wrong with it",
  description: "DIR is a node's own folder, such as data/kv. Nothing in it is changed.",
  arguments: [{ name: "dir", description: "the folder of the store" }],
  where: "standalone",
  run: (context) => {
    const directory = requiredPath(context, "dir");
    return checkStore({ directory, ...maintenanceOptions("Read", context) });
  },
  format: (report) => [...report.findings.map(formatFinding), formatSummary(report)].join("\n"),
  exitCode: ({ isSound }) => (isSound ? 0 : 1),
};

const SEVERITIES: Readonly<Record<Finding["severity"], string>> = {
  damage: "damage",
  "torn-tail": "torn tail",
  note: "note",
};

function formatFinding({ severity, path, offsetBytes, reason }: Finding): string {
  return `${path}, byte ${offsetBytes}: ${SEVERITIES[severity]}: ${reason}`;
}

function formatSummary(report: CheckReport): string {
  const { directory, keys, buckets, segments, liveBytes, deadBytes, isSound, sealed } = report;
  const verdict = isSound
    ? `The store at "${directory}" is sound${sealed ? "" : ", and was not closed in order"}`
    : `The store at "${directory}" is damaged: restore it from a backup, or save what can be read by npm run kv -- salvage ${directory} NEWDIR`;
  const content = `${counted(keys, "key")} in ${counted(buckets, "bucket")}`;
  const size = `${counted(segments.length, "segment")}, ${formatBytes(liveBytes)} live, ${formatBytes(deadBytes)} dead`;
  return `${verdict}\n${content}; ${size}; snapshot: ${report.snapshot.state}`;
}
