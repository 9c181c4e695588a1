import { disturbances, type Report, type Run, type Table, type Verdict } from "./report.ts";

const MARKS: Readonly<Record<Verdict["outcome"], string>> = {
  met: "met    ",
  missed: "MISSED ",
  skipped: "SKIPPED",
};

/** A run's first lines. */
export function headText({ machine, date, scale }: Omit<Run, "reports" | "tookMs">): string {
  return `${machine}\n${date}, ${scale} run. Ratios are medians of paired, interleaved rounds, with (least–most).\n`;
}

/** A report for a terminal. */
export function reportText({ name, question, tables, verdicts, skipped, series }: Report): string {
  return [
    `\n${name}: ${question}`,
    ...tables.map(tableText),
    ...skipped.map((reason) => `\n  SKIPPED: ${reason}`),
    ...disturbances(series).map((what) => `\n  DISTURBED: ${what}`),
    "",
    verdicts.map(verdictText).join(""),
  ].join("\n");
}

function verdictText({ claim, measured, outcome }: Verdict): string {
  return `  ${MARKS[outcome]} ${claim}: ${measured}\n`;
}

/** Columns in line: the first ones to the left, figures to the right. */
function tableText({ title, columns, rows, notes = [] }: Table): string {
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...rows.map((row) => (row[at] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return isFigures(rows, at) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const body = [line(columns), ...rows.map(line)].map((text) => `    ${text}`);
  return [`\n  ${title}`, "", ...body, ...notes.map((note) => `  ${note}`)].join("\n");
}

/** Whether column `at` holds figures, rather than words. */
export function isFigures(rows: readonly (readonly string[])[], at: number): boolean {
  return rows.every((row) => /^[\d-]/u.test(row[at] ?? ""));
}
