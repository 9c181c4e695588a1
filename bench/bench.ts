/** `npm run bench`: what the store costs, as ratios that are taken in one run. README.md has the last answers. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Bench, Experiment } from "./experiments/experiment.ts";
import { compaction } from "./experiments/compaction.ts";
import { curve } from "./experiments/curve.ts";
import { opening } from "./experiments/opening.ts";
import { redis } from "./experiments/redis.ts";
import { routed } from "./experiments/routed.ts";
import { workloads } from "./experiments/workloads.ts";
import type { LoadCalls } from "./load/worker.ts";
import { type Options, parseOptions } from "./options.ts";
import { Populations } from "./processes/populations.ts";
import { Progress } from "./processes/progress.ts";
import { WorkerProcess } from "./processes/worker-process.ts";
import { Workplace } from "./processes/workplace.ts";
import { runMarkdown } from "./report/as-markdown.ts";
import { headText, reportText } from "./report/as-text.ts";
import { describeMachine } from "./report/machine.ts";
import type { Report, Run } from "./report/report.ts";
import { writeResults } from "./report/write-readme.ts";
import { fullScale, quickScale } from "./scale.ts";

const experiments: readonly Experiment[] = [workloads, redis, routed, opening, curve, compaction];
const names = experiments.map(({ name }) => name);
/** These start so many servers that they alone take half a minute. */
const longOnes: readonly string[] = [redis.name, routed.name];
const loadModule = fileURLToPath(new URL("load/worker.ts", import.meta.url));

const USAGE = `Usage: npm run bench [-- OPTIONS]

Measures the store, in process and through a node, and prints ratios of paired, interleaved rounds.

${experiments.map(({ name, question }) => `  ${name.padEnd(10)}  ${question}`).join("\n")}

  --quick       smaller populations and shorter rounds, and without ${longOnes.join(" and ")}, unless they are
                named: a minute instead of half an hour
  --only NAMES  some experiments, with commas between them
  --markdown    prints Markdown instead of tables for a terminal
  --write       puts the results of a full run into bench/README.md
  --json FILE   writes every figure of every round to a file
  --dir DIR     where the stores are made, and removed again; the system's temporary folder by default
  --seed N      what keys and values are drawn from (1)
  --help        this text

The exit code is 0 when everything was measured, whether the targets were met or not; 64 for a wrong option.
`;

async function main(): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(process.argv.slice(2), names);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 64;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  await using workplace = await Workplace.open(options.directory);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Not once: npm and timeout(1) deliver a signal twice, and a second one without a handler ends the process at once.
    process.on(signal, () => void leave(workplace));
  }
  try {
    await measure(options, workplace);
  } catch (error) {
    // What fails because a signal ended the processes is no news.
    if (!workplace.isEnding) throw error;
  }
  return 0;
}

/** The exit code that shells give to ctrl-C. */
const INTERRUPTED = 130;

async function leave(workplace: Workplace): Promise<void> {
  if (workplace.isEnding) return;
  await workplace[Symbol.asyncDispose]();
  process.stderr.write("\nInterrupted: all processes and files of the run are gone.\n");
  process.exit(INTERRUPTED);
}

async function measure(options: Options, workplace: Workplace): Promise<void> {
  const scale = options.quick ? quickScale : fullScale;
  const head = {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    scale: scale.name,
  };
  if (!options.markdown) process.stdout.write(headText(head));
  const startedMs = performance.now();
  const reports = await runAll(options, workplace);
  const run: Run = { ...head, tookMs: performance.now() - startedMs, reports };
  if (options.markdown) process.stdout.write(`${runMarkdown(run)}\n`);
  else process.stdout.write(`\nTook ${Math.round(run.tookMs / 1_000)} s.\n`);
  if (options.write) await writeResults(new URL("README.md", import.meta.url), runMarkdown(run));
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, `${JSON.stringify(run, null, 2)}\n`);
  }
}

async function runAll(options: Options, workplace: Workplace): Promise<readonly Report[]> {
  const { quick, only, seed, markdown } = options;
  const progress = new Progress(process.stderr);
  const load = new WorkerProcess<LoadCalls>(loadModule);
  workplace.adopt(load.child);
  const populations = new Populations(workplace, progress);
  const scale = quick ? quickScale : fullScale;
  const bench: Bench = { scale, workplace, populations, progress, load, seed };
  const reports: Report[] = [];
  for (const experiment of experiments) {
    const { name, question } = experiment;
    if (only.length > 0 && !only.includes(name)) continue;
    if (only.length === 0 && quick && longOnes.includes(name)) {
      process.stderr.write(`${name}: not in a quick run unless named: --quick --only ${name}\n`);
      continue;
    }
    progress.begin(name);
    const report: Report = { name, question, ...(await experiment.run(bench)) };
    progress.clear();
    if (!markdown) process.stdout.write(reportText(report));
    reports.push(report);
  }
  return reports;
}

process.exitCode = await main();
