import type { FileReport, Remark } from "./run-file.ts";
import type { SuiteReport } from "./run-suite.ts";

/** How many tests passed, failed and were skipped. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The tests of all `files` together. */
export function tally(files: readonly FileReport[]): Tally {
  const sum = (count: (file: FileReport) => number): number =>
    files.reduce((total, file) => total + count(file), 0);
  return {
    passed: sum((file) => file.passed),
    failed: sum((file) => file.failures.length),
    skipped: sum((file) => file.skips.length),
  };
}

/** A file that has ended: one line, what its tests had to say, and everything about what failed. */
export function fileLines(report: FileReport): readonly string[] {
  const { file, passed, failures, skips, diagnostics, output, tookMs } = report;
  const word = failures.length > 0 ? "FAILED" : "ok";
  const lines = [`  ${word.padEnd(7)}${file} (${passed + failures.length}, ${seconds(tookMs)})`];
  lines.push(...diagnostics.map((text) => indent(`· ${text}`, 9)));
  lines.push(...skips.map(({ title, text }) => indent(`SKIPPED ${title}\n  ${text}`, 9)));
  lines.push(...failures.map(({ title, text }) => indent(`✖ ${title}\n\n${text}\n`, 9)));
  if (failures.length > 0 && output !== "") lines.push(indent(`it printed:\n${output}`, 9));
  return lines;
}

/**
 * The end of a run: what was skipped and what failed once more, the suites with their times, and as the last line
 * the sum alone.
 */
export function closingLines(suites: readonly SuiteReport[]): readonly string[] {
  const files = suites.flatMap((suite) => suite.files);
  const all = tally(files);
  return [
    ...section(
      "Skipped:",
      files.flatMap((file) => file.skips),
    ),
    ...section(
      "Failed:",
      files.flatMap((file) => file.failures.map(({ title }) => ({ title, text: "" }))),
    ),
    "",
    row(["suite", "passed", "failed", "skipped", "time"]),
    ...suites.map((suite) => suiteRow(suite)),
    "",
    `${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped`,
  ];
}

/** `1.2 s` */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function suiteRow({ name, tookMs, files }: SuiteReport): string {
  const { passed, failed, skipped } = tally(files);
  return row([name, String(passed), String(failed), String(skipped), seconds(tookMs)]);
}

function row([name = "", ...figures]: readonly string[]): string {
  return `${name.padEnd(12)}${figures.map((figure) => figure.padStart(9)).join("")}`;
}

function section(heading: string, remarks: readonly Remark[]): readonly string[] {
  if (remarks.length === 0) return [];
  const lines = remarks.map(({ title, text }) =>
    text === "" ? `  ${title}` : `  ${title}: ${text}`,
  );
  return ["", heading, ...lines];
}

function indent(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gmu, " ".repeat(columns));
}
