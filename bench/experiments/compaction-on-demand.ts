import type { Traffic } from "../data/traffic.ts";
import type { Measurement } from "../measure/measurement.ts";
import { median } from "../measure/statistics.ts";
import { showCount, showMs } from "../report/units.ts";
import { type CompactionFindings, compactionTable } from "./compaction-findings.ts";
import type { Bench } from "./experiment.ts";
import { type EngineSubject, startEngine } from "./subject.ts";

/**
 * In process, half gets and half puts: a stretch without compaction, which leaves dead bytes behind, then a stretch from
 * the beginning of a compaction to its end, in turn. Never backwards: each compaction needs the stretch before it.
 */
export async function compactOnDemand(bench: Bench): Promise<CompactionFindings> {
  const { compaction, rounds } = bench.scale;
  const { keys, segmentLimitBytes } = compaction;
  await using engine = await startEngine(bench, {
    keys,
    sync: "everysec",
    settings: { segmentLimitBytes, deadShareLimit: 1 },
  });
  if (!engine.opened.canCompact) {
    return { type: "skipped", reason: "this engine cannot compact (store.compact is missing)" };
  }
  const pairs: (readonly [without: Measurement, compacting: Measurement])[] = [];
  for (let round = 0; round < rounds; round++) {
    bench.progress.tell(`round ${round + 1} of ${rounds}: in process, on demand`);
    pairs.push(await measurePair(bench, engine, round));
  }
  const share = {
    of: "gets and puts",
    without: { name: "in process, without compaction", rounds: pairs.map(([first]) => first) },
    compacting: { name: "in process, compacting", rounds: pairs.map(([, second]) => second) },
  };
  const took = showMs(median(share.compacting.rounds.map(({ elapsedMs }) => elapsedMs)));
  const notes = [`A compaction took ${took}. It is as fast as it can be, and has no target.`];
  const title = `On demand, in process, ${showCount(keys)} keys, half gets and half puts`;
  return { type: "measured", shares: [share], table: compactionTable(title, [share], notes) };
}

async function measurePair(
  { scale, seed }: Bench,
  engine: EngineSubject,
  round: number,
): Promise<readonly [without: Measurement, compacting: Measurement]> {
  const traffic: Traffic = {
    operation: "mixed",
    access: { type: "uniform" },
    keys: scale.compaction.keys,
    connections: 50,
    pipeline: 16,
    durationMs: scale.compaction.slotMs,
    seed: seed + round,
  };
  return [await engine.measure(traffic), await engine.worker.call("runCompacting", traffic)];
}
