import type { Operation, Traffic } from "../data/traffic.ts";
import { frontCpuUsPerOperation } from "../measure/measurement.ts";
import { median } from "../measure/statistics.ts";
import type { Series, Table, Verdict } from "../report/report.ts";
import { showCount, showRatio, showUs } from "../report/units.ts";
import {
  cpuCell,
  cpuRatio,
  LATENCY,
  rateCell,
  ratioCell,
  starNote,
  throughputRatio,
} from "./compare.ts";
import type { Bench, Experiment } from "./experiment.ts";
import { type Cell, measureAll, seriesOf } from "./measure-all.ts";
import { type LinkedNode, startLinkedNode, SteadyAskers } from "./routed-nodes.ts";
import type { NodeSubject } from "./subject.ts";

/**
 * What does a request cost whose bucket another node stores, and what does a dead or a frozen node cost those who do not ask
 * for it?
 *
 * *local*: clients of the owner itself. *routed*: the same clients of a node that stores nothing of it and passes all on.
 * *beside*: clients of a node's own buckets, while five others ask the same node, a millisecond after each answer, for
 * a bucket of a node that lives, has been stopped by SIGSTOP, or is not there.
 */
export const routed: Experiment = {
  name: "routed",
  question:
    "What does a bucket of another node cost, and a dead or frozen node those who ask for others?",
  async run(bench) {
    await using stack = new AsyncDisposableStack();
    bench.progress.tell("starting nodes that are linked");
    const cells = [...(await routedCells(bench, stack)), ...(await besideCells(bench, stack))];
    const measured = await measureAll(bench, cells);
    const keys = showCount(bench.scale.routed.keys);
    return {
      tables: [
        routedTable(`Routed to another node, ${keys} keys, everysec, RESP`, measured),
        besideTable(`A node's own keys, while others ask for a node that …`, measured),
      ],
      verdicts: [...routedVerdicts(measured), ...besideVerdicts(measured)],
      skipped: [],
      series: seriesOf(measured),
    };
  },
};

/** By which way the requests go, or beside what. */
type Way = "local" | "routed" | "lives" | "is frozen" | "is dead";

interface RoutedCell extends Cell {
  readonly way: Way;
}

type Measured = RoutedCell & Series;

/** What is to be reached: throughput to that of local traffic, and the owner's CPU time for an operation. */
const LEAST_RATE: Readonly<Record<number, number>> = { 1: 0.9, 16: 0.85 };
const MOST_OWNER_CPU = 1 / 3;
const LEAST_BESIDE = 0.97;

const OPERATIONS: readonly Operation[] = ["get", "put"];
const PIPELINES: readonly number[] = [16, 1];
const CONNECTIONS = 50;

async function routedCells(bench: Bench, stack: AsyncDisposableStack): Promise<RoutedCell[]> {
  const common = { sockets: bench.workplace.newPath("run"), table: "a-z=owner" };
  const owner = await startLinkedNode(bench, { ...common, name: "owner", isFilled: true }, stack);
  const front = await startLinkedNode(bench, { ...common, name: "front", isFilled: false }, stack);
  const ways = [
    ["local", owner.resp],
    ["routed", passingOn(bench, front, owner)],
  ] as const;
  return OPERATIONS.flatMap((operation) =>
    PIPELINES.flatMap((pipeline) =>
      ways.map(([way, subject]) => cellOf(bench, { way, subject, operation, pipeline })),
    ),
  );
}

/** What goes to `front`, and is counted as the owner's work. */
function passingOn(
  { load }: Bench,
  front: LinkedNode,
  owner: LinkedNode,
): Pick<NodeSubject, "measure" | "sweep"> {
  const frontPid = front.server.pid;
  const target = { ...front.resp.target, pid: owner.server.pid, frontPid };
  return {
    measure: (traffic) => load.call("run", { target, traffic }),
    sweep: (traffic) => load.call("sweep", { target, traffic }),
  };
}

async function besideCells(bench: Bench, stack: AsyncDisposableStack): Promise<RoutedCell[]> {
  const table = "a-m=near,n-p=alive,q-t=frozen,u-z=dead";
  const common = { sockets: bench.workplace.newPath("run"), table };
  await startLinkedNode(bench, { ...common, name: "alive", isFilled: false }, stack);
  const frozen = await startLinkedNode(
    bench,
    { ...common, name: "frozen", isFilled: false },
    stack,
  );
  const near = await startLinkedNode(bench, { ...common, name: "near", isFilled: true }, stack);
  await freeze(frozen, near);
  const beside = (bucket: string): Pick<NodeSubject, "measure" | "sweep"> => ({
    measure: async (traffic) => {
      await using askers = SteadyAskers.start(near.resp.target.port, bucket);
      await askers.answered(1);
      return await near.resp.measure(traffic);
    },
    sweep: (traffic) => near.resp.sweep(traffic),
  });
  const ways = [
    ["lives", beside("noon")],
    ["is frozen", beside("queue")],
    ["is dead", beside("zoo")],
  ] as const;
  return PIPELINES.flatMap((pipeline) =>
    ways.map(([way, subject]) => cellOf(bench, { way, subject, operation: "get", pipeline })),
  );
}

/** Stops `frozen` in the midst of a link with `near`, which has found it out when this resolves. */
async function freeze(frozen: LinkedNode, near: LinkedNode): Promise<void> {
  const { port } = near.resp.target;
  {
    await using askers = SteadyAskers.start(port, "queue");
    await askers.answered(10);
  }
  frozen.server.signal("SIGSTOP");
  await using askers = SteadyAskers.start(port, "queue");
  // Those under way wait for their time to be over; later ones fail at once.
  await askers.answered(1000);
}

interface Which {
  readonly way: Way;
  readonly subject: Cell["subject"];
  readonly operation: Operation;
  readonly pipeline: number;
}

function cellOf({ scale }: Bench, { way, subject, operation, pipeline }: Which): RoutedCell {
  const traffic: Cell["traffic"] = {
    operation,
    pipeline,
    connections: CONNECTIONS,
    keys: scale.routed.keys,
    access: { type: "uniform" },
  };
  return { name: `${way}, ${operation}, ${CONNECTIONS} x ${pipeline}`, way, subject, traffic };
}

function counterpart(measured: readonly Measured[], { traffic }: Measured, way: Way): Measured {
  const found = measured.find((other) => other.way === way && isSame(other.traffic, traffic));
  if (found === undefined) throw new Error(`Nothing was measured that is "${way}"`);
  return found;
}

function isSame(one: Cell["traffic"], other: Cell["traffic"]): boolean {
  return one.operation === other.operation && one.pipeline === other.pipeline;
}

function clients({ connections, pipeline }: Pick<Traffic, "connections" | "pipeline">): string {
  return `${connections} x ${pipeline}`;
}

function routedTable(title: string, measured: readonly Measured[]): Table {
  const rows = measured.filter(({ way }) => way === "local" || way === "routed");
  return {
    title,
    columns: [
      ["", "clients", "way", "rate", "owner's CPU/op", "front's CPU/op"],
      LATENCY.columns,
      ["rate to local", "owner's CPU/op to local"],
    ].flat(),
    rows: rows.map((row) => {
      const local = counterpart(measured, row, "local");
      return [
        [row.traffic.operation, clients(row.traffic), row.way, rateCell(row), cpuCell(row)],
        [row === local ? "" : showUs(median(row.rounds.map(frontCpuUsPerOperation)))],
        LATENCY.cells(row),
        [ratioCell(throughputRatio, row, local), ratioCell(cpuRatio, row, local)],
      ].flat();
    }),
    notes: [
      "routed: clients of a node that stores none of the keys. Both nodes and the load generator share the machine's cores.",
      ...starNote(rows),
    ],
  };
}

function besideTable(title: string, measured: readonly Measured[]): Table {
  const rows = measured.filter(({ way }) => way !== "local" && way !== "routed");
  return {
    title,
    columns: [
      ["", "clients", "…", "rate", "CPU/op"],
      LATENCY.columns,
      ["rate to that with one that lives"],
    ].flat(),
    rows: rows.map((row) => {
      const lives = counterpart(measured, row, "lives");
      return [
        [row.traffic.operation, clients(row.traffic), row.way, rateCell(row), cpuCell(row)],
        LATENCY.cells(row),
        [ratioCell(throughputRatio, row, lives)],
      ].flat();
    }),
    notes: [
      "Five others ask the same node for a bucket of that one, each a millisecond after its last answer.",
      ...starNote(rows),
    ],
  };
}

function routedVerdicts(measured: readonly Measured[]): readonly Verdict[] {
  const rows = measured.filter(({ way }) => way === "routed");
  const rates = rows.map((row): Verdict => {
    const { operation, pipeline } = row.traffic;
    const least = LEAST_RATE[pipeline] ?? 1;
    const ratio = throughputRatio(row, counterpart(measured, row, "local"));
    return {
      claim: `routed ${operation}s at pipeline ${pipeline}: at least ${least}x the rate of local ones`,
      measured: showRatio(ratio),
      outcome: ratio.median >= least ? "met" : "missed",
    };
  });
  const costs = rows
    .filter(({ traffic }) => traffic.pipeline === 1)
    .map((row): Verdict => {
      const ratio = cpuRatio(row, counterpart(measured, row, "local"));
      const isKnown = !Number.isNaN(ratio.median);
      return {
        claim: `routed ${row.traffic.operation}s at pipeline 1: at most a third of a local one's CPU/op for the owner`,
        measured: isKnown ? showRatio(ratio) : "the system does not tell",
        outcome: !isKnown ? "skipped" : ratio.median <= MOST_OWNER_CPU ? "met" : "missed",
      };
    });
  return [...rates, ...costs];
}

function besideVerdicts(measured: readonly Measured[]): readonly Verdict[] {
  return measured
    .filter(({ way }) => way === "is frozen" || way === "is dead")
    .map((row) => {
      const ratio = throughputRatio(row, counterpart(measured, row, "lives"));
      return {
        claim: `a node's own keys at pipeline ${row.traffic.pipeline}, while another ${row.way}: at least ${LEAST_BESIDE}x the rate while it lives`,
        measured: showRatio(ratio),
        outcome: ratio.median >= LEAST_BESIDE ? "met" : "missed",
      };
    });
}
