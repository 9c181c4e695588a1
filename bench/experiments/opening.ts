import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineCalls } from "../engine/worker.ts";
import { interleave, type Slot } from "../measure/interleave.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { engineModule } from "../processes/populations.ts";
import { WorkerProcess } from "../processes/worker-process.ts";
import { killChild } from "../processes/workplace.ts";
import type { Series, Verdict } from "../report/report.ts";
import { showCount, showMs, showRatio, showUs } from "../report/units.ts";
import type { Bench, Experiment } from "./experiment.ts";
import { forEachSize } from "./for-each-size.ts";

/**
 * How long does it take to open a store, with the snapshot of its index that a clean stop leaves and without?
 *
 * Each opening is in a new process, on files that the system has in its page cache. Without: the snapshot's files are
 * taken away first, so that the engine has to replay its log.
 */
export const opening: Experiment = {
  name: "opening",
  question: "How long does opening take, with a snapshot of the index and by replaying the log?",
  async run(bench) {
    const measured: Measured[] = [];
    const problem = await forEachSize(bench, async (keys) => {
      measured.push(await measureSize(bench, keys));
    });
    const columns = ["keys", "by replay", "a key", "by snapshot", "times as fast"];
    const rows = measured.map(rowOf);
    return {
      tables: [{ title: "Opening a store that was closed in order", columns, rows }],
      verdicts: [verdictOf(bench.scale.curveKeys.at(-1) ?? 0, measured.at(-1), problem)],
      skipped: [],
      series: measured.flatMap(seriesOf),
    };
  },
};

const LEAST_SPEED_UP = 3;
/** Below so many keys both ways spend most of their time on what does not depend on them. */
const LEAST_KEYS = 1_000_000;
const NO_SNAPSHOT = "the engine left no snapshot behind when it closed: replay is all there is";
const SNAPSHOT_FILE = /snapshot|hint/iu;

interface Measured {
  readonly keys: number;
  readonly replayMs: readonly number[];
  /** `undefined`: the engine makes none. */
  readonly snapshotMs: readonly number[] | undefined;
}

/** As figures of traffic whose operations are the keys. */
function seriesOf({ keys, replayMs, snapshotMs = [] }: Measured): readonly Series[] {
  const series = (how: string, times: readonly number[]): Series => ({
    name: `opening ${showCount(keys)} keys by ${how}`,
    rounds: times.map((elapsedMs) => ({ ...NOTHING_ELSE, operations: keys, elapsedMs })),
  });
  return [series("replay", replayMs), series("snapshot", snapshotMs)];
}

const NOTHING_ELSE = {
  cpuUs: undefined,
  latencyUs: undefined,
  generatorCpuUs: undefined,
  cacheHits: undefined,
} as const;

function rowOf({ keys, replayMs, snapshotMs }: Measured): readonly string[] {
  const replay = median(replayMs);
  const cells = [showCount(keys), showMs(replay), showUs((replay * 1_000) / keys)];
  if (snapshotMs === undefined) return cells.concat("-", "-");
  return cells.concat(showMs(median(snapshotMs)), showRatio(pairedRatio(replayMs, snapshotMs)));
}

/** `last` is the largest population that was measured, `problem` why no larger one was. */
function verdictOf(keys: number, last: Measured | undefined, problem: string | undefined): Verdict {
  const claim = `opening ${showCount(keys)} keys at least ${LEAST_SPEED_UP}x as fast as replaying`;
  if (last === undefined || problem !== undefined) {
    return { claim, measured: problem ?? "nothing was measured", outcome: "missed" };
  }
  const { replayMs, snapshotMs } = last;
  if (snapshotMs === undefined) return { claim, measured: NO_SNAPSHOT, outcome: "skipped" };
  const ratio = pairedRatio(replayMs, snapshotMs);
  if (keys < LEAST_KEYS) {
    const reason = `${showRatio(ratio)}, but judged from ${showCount(LEAST_KEYS)} keys on only`;
    return { claim, measured: reason, outcome: "skipped" };
  }
  const outcome = ratio.median >= LEAST_SPEED_UP ? "met" : "missed";
  return { claim, measured: showRatio(ratio), outcome };
}

async function measureSize(bench: Bench, keys: number): Promise<Measured> {
  const { progress, scale } = bench;
  const directory = await bench.populations.original(keys);
  const hasSnapshot = (await snapshotsIn(directory)).length > 0;
  const replay: Slot<number> = {
    name: "replay",
    async measure() {
      for (const file of await snapshotsIn(directory)) await rm(join(directory, file));
      return openOnce(bench, directory);
    },
  };
  const snapshot: Slot<number> = {
    name: "snapshot",
    measure: () => openOnce(bench, directory),
  };
  const slots = hasSnapshot ? [replay, snapshot] : [replay];
  const [replayMs = [], snapshotMs] = await interleave(slots, scale.openingRounds, ({ name }) =>
    progress.tell(`opening ${showCount(keys)} keys by ${name}`),
  );
  return { keys, replayMs, snapshotMs };
}

async function snapshotsIn(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter((name) => SNAPSHOT_FILE.test(name));
}

/** Opens and closes in a new process; the time that the opening took. */
async function openOnce({ workplace }: Bench, directory: string): Promise<number> {
  const worker = new WorkerProcess<EngineCalls>(engineModule);
  workplace.adopt(worker.child);
  const { tookMs } = await worker.call("open", { directory, sync: "everysec" });
  await worker.call("close", undefined);
  await killChild(worker.child);
  return tookMs;
}
