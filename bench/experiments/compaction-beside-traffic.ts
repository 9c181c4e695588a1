import { readdir } from "node:fs/promises";
import type { Operation, Traffic } from "../data/traffic.ts";
import { knowsSettings } from "../processes/known-settings.ts";
import type { Series } from "../report/report.ts";
import { showCount } from "../report/units.ts";
import { type CompactionFindings, compactionTable } from "./compaction-findings.ts";
import type { Bench } from "./experiment.ts";
import { type Cell, measureAll, seriesOf } from "./measure-all.ts";
import { type ServerSubject, startServer } from "./subject.ts";

/** `deadShareLimit`: what the engine has by default, and none. */
const COMPACTING = 0.5;
const NOT_COMPACTING = 1;

/** An engine that has given no segment back after so long a time of overwriting does not compact. */
const CONDITIONING_MS = 90_000;
const OPERATIONS: readonly Operation[] = ["put", "mixed"];

/** Through the server: one node compacts as its traffic makes it, another one does not at all. */
export async function compactBesideTraffic(bench: Bench): Promise<CompactionFindings> {
  if (!knowsSettings({ deadShareLimit: NOT_COMPACTING })) {
    const reason =
      "compaction cannot be held off for comparison (kv.storage.deadShareLimit is unknown)";
    return { type: "skipped", reason };
  }
  await using stack = new AsyncDisposableStack();
  const compacting = stack.use(await watch(bench, COMPACTING));
  const without = stack.use(await watch(bench, NOT_COMPACTING));
  if (!(await condition(bench, [compacting, without]))) {
    const reason = `the engine removed no segment in ${CONDITIONING_MS / 1_000} s of overwriting`;
    return { type: "skipped", reason };
  }
  compacting.removed = 0;
  const measured = await measureAll(
    bench,
    cellsOf(bench, [without, compacting]),
    bench.scale.compaction.slotMs,
  );
  return findingsOf(bench, measured, [without, compacting]);
}

/** A server, and how many of its segments have gone while it was measured. */
interface Watched extends ServerSubject {
  readonly name: "compacting" | "without";
  removed: number;
}

async function watch(bench: Bench, deadShareLimit: number): Promise<Watched> {
  const { keys, segmentLimitBytes } = bench.scale.compaction;
  const settings = { deadShareLimit, deadFloorBytes: 0, segmentLimitBytes };
  const server = await startServer(bench, { keys, sync: "everysec", settings });
  const watched: Watched = {
    ...server,
    name: deadShareLimit < 1 ? "compacting" : "without",
    removed: 0,
    measure: async (traffic) => {
      const before = await readdir(server.directory);
      const measurement = await server.measure(traffic);
      const after = new Set(await readdir(server.directory));
      watched.removed += before.filter((name) => name.endsWith(".log") && !after.has(name)).length;
      return measurement;
    },
  };
  return watched;
}

/** Overwrites until the one that compacts has begun to give segments back; whether it has. */
async function condition(bench: Bench, subjects: readonly Watched[]): Promise<boolean> {
  const startedMs = performance.now();
  for (let stretch = 0; performance.now() - startedMs < CONDITIONING_MS; stretch++) {
    bench.progress.tell("overwriting until half of the log is dead");
    for (const subject of subjects) {
      const { slotMs: durationMs } = bench.scale.compaction;
      await subject.measure({ ...trafficOf(bench, "put"), durationMs, seed: stretch });
    }
    if (subjects.some(({ removed }) => removed > 0)) return true;
  }
  return false;
}

function trafficOf({ scale }: Bench, operation: Operation): Omit<Traffic, "seed" | "durationMs"> {
  const { keys } = scale.compaction;
  return { operation, access: { type: "uniform" }, keys, connections: 50, pipeline: 16 };
}

interface WatchedCell extends Cell {
  readonly subject: Watched;
}

function cellsOf(bench: Bench, subjects: readonly Watched[]): readonly WatchedCell[] {
  return OPERATIONS.flatMap((operation) =>
    subjects.map((subject) => ({
      name: `server, ${operation}, ${subject.name}`,
      subject,
      traffic: trafficOf(bench, operation),
    })),
  );
}

function findingsOf(
  { scale }: Bench,
  measured: readonly (WatchedCell & Series)[],
  [without, compacting]: readonly [Watched, Watched],
): CompactionFindings {
  if (compacting.removed === 0) {
    const reason = "the engine removed no segment while it was measured";
    return { type: "skipped", reason };
  }
  const find = (operation: Operation, subject: Watched): Series => {
    const found =
      seriesOf(measured)[
        measured.findIndex((row) => row.subject === subject && row.traffic.operation === operation)
      ];
    if (found === undefined) throw new Error(`Nothing was measured of ${operation}`);
    return found;
  };
  const shares = OPERATIONS.map((operation) => ({
    of: operation === "put" ? "puts" : "gets and puts",
    without: find(operation, without),
    compacting: find(operation, compacting),
  }));
  const notes = [
    `While it was measured the one removed ${compacting.removed} segments, the other ${without.removed}.`,
  ];
  const title = `Through the server, 50 x 16, ${showCount(scale.compaction.keys)} keys, uniform overwrites`;
  return { type: "measured", shares, table: compactionTable(title, shares, notes) };
}
