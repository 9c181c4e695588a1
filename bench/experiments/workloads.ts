import type { SyncMode } from "@kv/storage";
import type { Operation, Traffic } from "../data/traffic.ts";
import type { Series, Table } from "../report/report.ts";
import { showCount, showRatio } from "../report/units.ts";
import {
  cpuCell,
  cpuRatio,
  hitsOf,
  LATENCY,
  rateCell,
  ratioCell,
  starNote,
  throughputRatio,
} from "./compare.ts";
import type { Bench, Experiment } from "./experiment.ts";
import { type Cell, measureAll, seriesOf } from "./measure-all.ts";
import { startEngine, startServer, type Subject } from "./subject.ts";

/**
 * What does a get or a put cost, in this process and over the line protocol, in each sync mode?
 *
 * 50 connections with 1 or 16 requests under way each, uniform access over a million keys of 12 bytes with values of 16 to
 * 128. Gets do not depend on the sync mode: how far their ratios are from 1 is the noise of the run.
 */
export const workloads: Experiment = {
  name: "workloads",
  question: "What does a get or a put cost, in process and through the server, in each sync mode?",
  async run(bench) {
    await using stack = new AsyncDisposableStack();
    const measured = await measureAll(bench, await makeCells(bench, stack));
    const { workloadKeys } = bench.scale;
    return {
      tables: [serverTable(measured, workloadKeys), engineTable(measured), pipelineTable(measured)],
      verdicts: [],
      skipped: [],
      series: seriesOf(measured),
    };
  },
};

const SYNC_MODES: readonly SyncMode[] = ["always", "everysec", "never"];
const OPERATIONS: readonly Operation[] = ["get", "put"];
const PIPELINES: readonly number[] = [1, 16];
const CONNECTIONS = 50;

type Where = "server" | "in process";

interface WorkloadCell extends Cell {
  readonly where: Where;
  readonly sync: SyncMode;
}

type Measured = WorkloadCell & Series;

async function makeCells(bench: Bench, stack: AsyncDisposableStack): Promise<WorkloadCell[]> {
  const cells: WorkloadCell[] = [];
  for (const sync of SYNC_MODES) {
    const options = { keys: bench.scale.workloadKeys, sync };
    const engine = stack.use(await startEngine(bench, options));
    const server = stack.use(await startServer(bench, options));
    for (const [where, subject] of [["in process", engine] as const, ["server", server] as const]) {
      cells.push(...cellsOf({ where, sync, subject, keys: options.keys }));
    }
  }
  return cells;
}

interface SubjectInMode {
  readonly where: Where;
  readonly sync: SyncMode;
  readonly subject: Subject;
  readonly keys: number;
}

function cellsOf({ where, sync, subject, keys }: SubjectInMode): readonly WorkloadCell[] {
  const cell = (
    traffic: Pick<Traffic, "operation" | "connections" | "pipeline">,
  ): WorkloadCell => ({
    name: `${where}, ${sync}, ${traffic.operation}, ${traffic.connections} x ${traffic.pipeline}`,
    where,
    sync,
    subject,
    traffic: { ...traffic, keys, access: { type: "uniform" } },
  });
  const cells = OPERATIONS.flatMap((operation) =>
    PIPELINES.map((pipeline) => cell({ operation, connections: CONNECTIONS, pipeline })),
  );
  // One client that waits for each write: the latency of the path to the disk and back.
  return where === "server"
    ? [...cells, cell({ operation: "put", connections: 1, pipeline: 1 })]
    : cells;
}

/** The measured cell that differs from `cell` as `change` says. */
function counterpart(
  measured: readonly Measured[],
  { where, sync, traffic }: WorkloadCell,
  change: { where?: Where; sync?: SyncMode; pipeline?: number },
): Measured {
  const wanted = { where, sync, ...traffic, ...change };
  const found = measured.find(
    (other) =>
      other.where === wanted.where &&
      other.sync === wanted.sync &&
      other.traffic.operation === wanted.operation &&
      other.traffic.connections === wanted.connections &&
      other.traffic.pipeline === wanted.pipeline,
  );
  if (found === undefined) throw new Error(`Nothing was measured to compare "${wanted.sync}" with`);
  return found;
}

function trafficCells({ traffic, sync }: WorkloadCell): readonly string[] {
  return [traffic.operation, `${traffic.connections} x ${traffic.pipeline}`, sync];
}

function byTraffic(a: Measured, b: Measured): number {
  const rank = ({ traffic }: Measured): number =>
    (traffic.operation === "get" ? 0 : 1_000) + (traffic.connections === 1 ? 0 : traffic.pipeline);
  return rank(a) - rank(b);
}

function serverTable(measured: readonly Measured[], keys: number): Table {
  const rows = measured.filter(({ where }) => where === "server").toSorted(byTraffic);
  return {
    title: `Through the server, ${showCount(keys)} keys, uniform access`,
    columns: [
      "",
      "clients",
      "sync",
      "rate",
      "CPU/op",
      ...LATENCY.columns,
      "rate to never's",
      "CPU/op to never's",
    ],
    rows: rows.map((row) => {
      const never = counterpart(measured, row, { sync: "never" });
      const ratios = [ratioCell(throughputRatio, row, never), ratioCell(cpuRatio, row, never)];
      return [trafficCells(row), rateCell(row), cpuCell(row), LATENCY.cells(row), ratios].flat();
    }),
    notes: [
      "50 x 16: 50 connections, 16 requests under way on each. CPU/op: user and system time of the server.",
      ...starNote(rows),
    ],
  };
}

function engineTable(measured: readonly Measured[]): Table {
  const rows = measured.filter(({ where }) => where === "in process").toSorted(byTraffic);
  const hits = hitsOf(rows);
  return {
    title: "In process, the same store called directly",
    columns: [
      "",
      "under way",
      "sync",
      "rate",
      "CPU/op",
      ...hits.columns,
      "rate to never's",
      "server's CPU/op to this",
    ],
    rows: rows.map((row) => {
      const never = counterpart(measured, row, { sync: "never" });
      const server = counterpart(measured, row, { where: "server" });
      const ratios = [ratioCell(throughputRatio, row, never), showRatio(cpuRatio(server, row))];
      return [trafficCells(row), rateCell(row), cpuCell(row), hits.cells(row), ratios].flat();
    }),
    notes: [
      "The last column is what sockets, protocol and routing come to. From memory: gets that read no file.",
    ],
  };
}

function pipelineTable(measured: readonly Measured[]): Table {
  const rows = measured.filter(
    ({ where, traffic }) => where === "server" && traffic.pipeline === 16,
  );
  return {
    title: "Pipeline 16 to pipeline 1, through the server",
    columns: ["", "sync", "rate", "CPU/op"],
    rows: rows.toSorted(byTraffic).map((row) => {
      const single = counterpart(measured, row, { pipeline: 1 });
      const ratios = [throughputRatio(row, single), cpuRatio(row, single)].map(showRatio);
      return [row.traffic.operation, row.sync, ratios].flat();
    }),
  };
}
