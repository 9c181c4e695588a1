import { isFigures } from "./as-text.ts";
import { disturbances, type Report, type Run, type Table, type Verdict } from "./report.ts";

const MARKS: Readonly<Record<Verdict["outcome"], string>> = {
  met: "met",
  missed: "**missed**",
  skipped: "*skipped*",
};

/** A whole run as the results section of bench/README.md. */
export function runMarkdown({ date, machine, scale, tookMs, reports }: Run): string {
  const minutes = (tookMs / 60_000).toFixed(1);
  return [
    `A ${scale} run of ${minutes} minutes on ${date}: ${machine}.`,
    "Ratios are medians of paired, interleaved rounds, with (least–most) beside them.",
    verdictsMarkdown(reports.flatMap(({ verdicts }) => verdicts)),
    ...reports.map(reportMarkdown),
  ].join("\n\n");
}

function verdictsMarkdown(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ claim, measured, outcome }) => [claim, measured, MARKS[outcome]]);
  return tableMarkdown({ title: "Targets", columns: ["to reach", "measured", ""], rows });
}

function reportMarkdown({ name, question, tables, skipped, series }: Report): string {
  const reasons = skipped.map((reason) => `**Skipped:** ${reason}`);
  const disturbed = disturbances(series).map((what) => `**Disturbed:** ${what}`);
  const parts = [...tables.map(tableMarkdown), ...reasons, ...disturbed];
  return [`### ${name}`, question, ...parts].join("\n\n");
}

function tableMarkdown({ title, columns, rows, notes = [] }: Table): string {
  const ruler = columns.map((_, at) => (isFigures(rows, at) ? "--:" : "---"));
  const table = [columns, ruler, ...rows].map(rowMarkdown).join("\n");
  return [`**${title}**`, table, ...notes].join("\n\n");
}

function rowMarkdown(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
