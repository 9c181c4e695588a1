import type { SalvageReport } from "./salvage-report.ts";

/** A cut between two groups leaves no other trace. */
const SEALLESS = {
  missing:
    "There is no seal, as after a crash: whether anything is missing at the end of the log cannot be told",
  unreadable:
    "The seal cannot be read: whether anything is missing at the end of the log cannot be told",
} as const;

/** What an operator should know of a salvage: one sentence each, without a period. */
export function remarksOn(
  report: Omit<SalvageReport, "remarks" | "isWhole">,
  { isDoubtful }: { readonly isDoubtful: boolean },
): readonly string[] {
  const { read, lostGroups, skipped, skippedBytes, missing, lostKeys, lostRecords, renamed } =
    report;
  const remarks: string[] = [];
  if (read.seal !== "good") remarks.push(SEALLESS[read.seal]);
  if (lostGroups > 0) {
    remarks.push(`${count(lostGroups, "group")} of changes could not be found or read`);
  }
  if (skipped.count > 0) {
    remarks.push(
      `${count(skipped.count, "range")} of the log, ${count(skippedBytes, "byte")} in all, could not be used`,
    );
  }
  if (missing.count > 0) remarks.push(`${count(missing.count, "file")} of the log cannot be found`);
  if (isDoubtful) {
    remarks.push(
      "What was changed only in the lost part of the log is as it was before: keys may have an older value or time, or be missing, and keys and buckets that were deleted or dropped there are back",
    );
  }
  if (lostKeys.count > 0) {
    remarks.push(`${count(lostKeys.count, "key")} had a value that cannot be read any more`);
  }
  if (renamed.length > 0) {
    remarks.push(
      `The name of ${count(renamed.length, "bucket")} is lost: see what each is called now`,
    );
  }
  if (lostRecords > 0) {
    remarks.push(
      `${count(lostRecords, "record")} could not be understood, or not to which bucket it belongs`,
    );
  }
  return remarks;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
