/** `npm test`: the suites in turn, each with its time, and one line with the sum at the end. */
import { parseArgs } from "node:util";
import { checkout, compileCache } from "../test/harness/checkout.ts";
import { closingLines, fileLines, seconds, tally } from "../test/runner/report.ts";
import { runSuite, type SuiteReport } from "../test/runner/run-suite.ts";
import { type Selection, select, strayFiles, suites } from "../test/runner/suites.ts";

/** No file comes near this on a busy machine; one that does is stuck. */
const FILE_LIMIT_MS = 150_000;

const USAGE = `Usage: npm test [-- SUITE|FILE|FOLDER …]

Runs the tests. Without arguments: all suites, which are ${suites.map(({ name }) => name).join(", ")}.

  --help  this text

KV_TEST_SEED=N replays what a test drew from the seed N that it printed.
`;

const { values, positionals } = parseArgs({
  options: { help: { type: "boolean" } },
  allowPositionals: true,
});

if (values.help === true) process.stdout.write(USAGE);
else process.exitCode = await runTests(positionals);

/** Exit code: 0 when at least one test ran and none failed. */
async function runTests(words: readonly string[]): Promise<0 | 1> {
  const { selected, unknown } = select(words, checkout);
  for (const word of unknown) {
    console.error(`"${word}" is no suite and no test file; npm test -- --help names the suites`);
  }
  const strays = strayFiles(checkout);
  for (const file of strays) {
    console.error(`${file} belongs to no suite and would never run; see test/runner/suites.ts`);
  }
  if (unknown.length > 0 || strays.length > 0) return 1;

  process.env["NODE_COMPILE_CACHE"] = compileCache;
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interruption.abort());
  }
  const reports = await runAll(selected, interruption.signal);
  for (const line of closingLines(reports)) console.log(line);
  const { passed, failed } = tally(reports.flatMap(({ files }) => files));
  return passed > 0 && failed === 0 && !interruption.signal.aborted ? 0 : 1;
}

async function runAll(
  selected: readonly Selection[],
  signal: AbortSignal,
): Promise<readonly SuiteReport[]> {
  const reports: SuiteReport[] = [];
  for (const selection of selected) {
    console.log(`${selection.suite.name}: ${selection.files.length} files`);
    const options = { root: checkout, limitMs: FILE_LIMIT_MS, signal };
    const report = await runSuite(selection, options, (file) => {
      for (const line of fileLines(file)) console.log(line);
    });
    console.log(`${report.name}: ${seconds(report.tookMs)}\n`);
    reports.push(report);
  }
  return reports;
}
