import type { Verdict } from "../report/report.ts";
import { showRatio } from "../report/units.ts";
import { compactOnDemand } from "./compaction-on-demand.ts";
import { compactBesideTraffic } from "./compaction-beside-traffic.ts";
import type { Experiment } from "./experiment.ts";
import { throughputRatio } from "./compare.ts";

/**
 * How much of the traffic is left while the engine compacts?
 *
 * *Beside the traffic*: two nodes are overwritten at random until half of what they have written is dead; from there on the
 * one has to compact as much as is written, and the other is told to leave it. *On demand*: in process, stretches
 * without compaction in turn with stretches from the beginning of a whole compaction to its end.
 */
export const compaction: Experiment = {
  name: "compaction",
  question: "How much of the traffic is left while the engine compacts?",
  async run(bench) {
    const findings = [await compactBesideTraffic(bench), await compactOnDemand(bench)];
    return {
      tables: findings.flatMap(({ tables }) => tables),
      verdicts: findings.flatMap(({ shares, problem, how }) => {
        const claim = `throughput ${how} at least ${LEAST_SHARE}x of that without`;
        if (problem !== undefined) return [{ claim, measured: problem, outcome: "skipped" }];
        return shares.map(({ of, compacting, without }): Verdict => {
          const share = throughputRatio(compacting, without);
          const outcome = share.median >= LEAST_SHARE ? "met" : "missed";
          return { claim: `${claim}, ${of}`, measured: showRatio(share), outcome };
        });
      }),
      skipped: [],
      series: findings.flatMap(({ shares }) =>
        shares.flatMap(({ compacting, without }) => [without, compacting]),
      ),
    };
  },
};

const LEAST_SHARE = 0.8;
