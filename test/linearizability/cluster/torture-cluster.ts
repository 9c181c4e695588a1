import { seededRandom } from "../../harness/random.ts";
import { type FaultName, faultNames } from "./faults.ts";
import { type ClusterReport, ContradictionFailure, runCluster } from "./run-cluster.ts";

/** How often, on how many nodes, and through what. */
export interface ClusterTortureOptions {
  readonly seed: number;
  readonly runs: number;
  /** Two or three; drawn for each run where it is left out. */
  readonly nodes: 2 | 3 | undefined;
  readonly faults: readonly FaultName[];
  readonly onRun: (line: string) => void;
}

const NAMES = ["foo", "bar", "baz"] as const;
const ROUNDS = 8;
/** From what gives up on a frozen node long before its silence is noticed, to what does so after. */
const CALL_TIMEOUTS_MS = [200, 1_000, 5_000] as const;

/**
 * Has clients agree about keys through more faults than the tests have time for, on new nodes in each run. Resolves with
 * the message of the first contradiction, `undefined` when there is none.
 */
export async function tortureCluster(options: ClusterTortureOptions): Promise<string | undefined> {
  const { seed, runs, nodes, faults, onRun } = options;
  for (let run = 0; run < runs; run++) {
    const runSeed = (seed + run) % 2 ** 32;
    const random = seededRandom(runSeed);
    const count = nodes ?? random.pick([2, 3] as const);
    const only = faults === faultNames ? "" : ` --only ${faults.join(",")}`;
    const replay = `npm run torture -- --cluster --runs 1 --seed ${runSeed} --nodes ${count}${only}`;
    try {
      const report = await runCluster({
        seed: runSeed,
        names: NAMES.slice(0, count),
        faults,
        rounds: ROUNDS,
        callTimeoutMs: random.pick(CALL_TIMEOUTS_MS),
        replay,
      });
      onRun(`${run + 1} of ${runs}, seed ${runSeed}, ${count} nodes: ${reportText(report)}`);
    } catch (error) {
      if (error instanceof ContradictionFailure) return error.message;
      onRun(`seed ${runSeed} came to no end: ${replay}`);
      throw error;
    }
  }
  return undefined;
}

/** A run in one line. */
export function reportText(report: ClusterReport): string {
  const { operations, unknown, failed, longest, faults, applied, checkMs } = report;
  return (
    `${operations} operations (${unknown} unknown, ${failed} failed, ${longest} on one key at most), ` +
    `${faults} faults, ${applied} tables applied, judged in ${Math.ceil(checkMs)} ms`
  );
}
