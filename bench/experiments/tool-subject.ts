import { execFile } from "node:child_process";
import type { Traffic } from "../data/traffic.ts";
import type { LoadTarget } from "../load/run-load.ts";
import { readCpuTimeUs } from "../measure/cpu-time.ts";
import { type Measurement, perSecond } from "../measure/measurement.ts";
import { parseToolCsv, toolWords } from "../redis/redis-benchmark.ts";
import type { Bench } from "./experiment.ts";
import type { Subject } from "./subject.ts";

/** How long it may take over what it is expected to do in a second or two. */
const PATIENCE_MS = 120_000;
/** Of traffic whose rate is not known yet: so many requests for each that is under way. */
const FIRST_ROUNDS = 20;
/** The tool counts whole milliseconds: of what it does within the first one it says that the rate is infinite. */
const LEAST_OPERATIONS = 1_000;
/** However fast the last run was: its rate may have been measured over an instant. */
const MOST_OPERATIONS = 5_000_000;

/**
 * redis-benchmark as the generator of traffic to `target`. It does not run for a time but for a number of requests: as many
 * as come to that time at the rate it reached before; the first run of each traffic is a short one. The CPU time of the
 * server includes the tool's connecting.
 */
export function toolSubject(
  { workplace, scale }: Bench,
  program: string,
  target: LoadTarget,
): Pick<Subject, "measure" | "sweep"> {
  const rates = new Map<string, number>();
  const measure = async (traffic: Traffic): Promise<Measurement> => {
    const { connections, pipeline, operation } = traffic;
    const name = `${operation} ${connections} x ${pipeline}`;
    const operations = toolOperations(traffic, rates.get(name));
    const words = toolWords(target, traffic, { operations, keys: scale.redis.toolKeys });
    const before = usedBy(target);
    const tool = run(program, words);
    workplace.adopt(tool.child);
    const figures = parseToolCsv(await tool.printed);
    const after = usedBy(target);
    const measurement: Measurement = {
      operations,
      elapsedMs: (operations / figures.perSecond) * 1_000,
      cpuUs: difference(after.cpuUs, before.cpuUs),
      frontCpuUs: difference(after.frontCpuUs, before.frontCpuUs),
      latencyUs: figures.latencyUs,
      generatorCpuUs: undefined,
      cacheHits: undefined,
    };
    rates.set(name, perSecond(measurement));
    return measurement;
  };
  return { measure, sweep: () => Promise.resolve() };
}

/** How many requests make up `traffic`, given how many a second it came to before, if it has run. */
export function toolOperations(
  { connections, pipeline, durationMs }: Pick<Traffic, "connections" | "pipeline" | "durationMs">,
  rate: number | undefined,
): number {
  const underWay = connections * pipeline;
  const wanted = rate === undefined ? underWay * FIRST_ROUNDS : (rate * durationMs) / 1_000;
  const least = Math.max(underWay, rate === undefined ? LEAST_OPERATIONS : 0);
  return Math.round(Math.min(Math.max(wanted, least), MOST_OPERATIONS));
}

/** User and system time of the node that holds the store, and of the one that passes on to it. */
function usedBy({ pid, frontPid }: LoadTarget): Pick<Measurement, "cpuUs" | "frontCpuUs"> {
  return {
    cpuUs: readCpuTimeUs(pid),
    frontCpuUs: frontPid === undefined ? undefined : readCpuTimeUs(frontPid),
  };
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}

interface Running {
  readonly child: ReturnType<typeof execFile>;
  readonly printed: Promise<string>;
}

/** Ends with another code than 0, and so rejects, at the first error reply. */
function run(program: string, words: readonly string[]): Running {
  const printed = Promise.withResolvers<string>();
  const child = execFile(program, words, { timeout: PATIENCE_MS }, (error, stdout, stderr) => {
    if (error === null) printed.resolve(stdout);
    else printed.reject(new Error(`redis-benchmark failed: ${error.message}\n${stderr}`));
  });
  return { child, printed: printed.promise };
}
