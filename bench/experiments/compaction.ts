import type { Verdict } from "../report/report.ts";
import { showRatio } from "../report/units.ts";
import { throughputRatio } from "./compare.ts";
import { compactBesideTraffic } from "./compaction-beside-traffic.ts";
import type { CompactionFindings, CompactionShare } from "./compaction-findings.ts";
import { compactOnDemand } from "./compaction-on-demand.ts";
import type { Experiment } from "./experiment.ts";

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
    const beside = await compactBesideTraffic(bench);
    const onDemand = await compactOnDemand(bench);
    const measured = [beside, onDemand].filter((findings) => findings.type === "measured");
    return {
      tables: measured.map(({ table }) => table),
      verdicts: verdictsOf(beside),
      skipped: onDemand.type === "skipped" ? [onDemand.reason] : [],
      series: measured
        .flatMap(({ shares }) => shares)
        .flatMap(({ without, compacting }) => [without, compacting]),
    };
  },
};

const LEAST_SHARE = 0.8;
const CLAIM = `throughput while compacting beside the traffic at least ${LEAST_SHARE}x of that without`;

function verdictsOf(findings: CompactionFindings): readonly Verdict[] {
  if (findings.type === "measured") return findings.shares.map(verdictOf);
  return [{ claim: CLAIM, measured: findings.reason, outcome: "skipped" }];
}

function verdictOf({ of, compacting, without }: CompactionShare): Verdict {
  const share = throughputRatio(compacting, without);
  const outcome = share.median >= LEAST_SHARE ? "met" : "missed";
  return { claim: `${CLAIM}, ${of}`, measured: showRatio(share), outcome };
}
