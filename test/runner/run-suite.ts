import { type FileReport, type RunFileOptions, runFile } from "./run-file.ts";
import type { Selection } from "./suites.ts";

/** What came of a suite. */
export interface SuiteReport {
  readonly name: string;
  readonly tookMs: number;
  readonly files: readonly FileReport[];
}

/** Runs the files of a suite, so many at once as it allows; `onFile` is told of each as it ends. */
export async function runSuite(
  { suite, files }: Selection,
  options: RunFileOptions,
  onFile: (report: FileReport) => void,
): Promise<SuiteReport> {
  const started = performance.now();
  const waiting = [...files];
  const reports: FileReport[] = [];
  await using prepared = await suite.prepare?.();
  const variables = { ...suite.variables, ...prepared?.variables };
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      if (options.signal.aborted) return;
      const report = await runFile(file, { ...options, variables });
      reports.push(report);
      onFile(report);
    }
  };
  await Promise.all(Array.from({ length: suite.concurrency }, work));
  return { name: suite.name, tookMs: performance.now() - started, files: reports };
}
