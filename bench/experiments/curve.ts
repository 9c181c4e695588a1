import type { Access, Operation } from "../data/traffic.ts";
import { knowsSettings } from "../processes/known-settings.ts";
import { showCount } from "../report/units.ts";
import { type CurveCell, costTable, costVerdict, type MeasuredSize } from "./curve-report.ts";
import type { Bench, Experiment } from "./experiment.ts";
import { forEachSize } from "./for-each-size.ts";
import { measureAll, seriesOf } from "./measure-all.ts";
import { memoryTable, readRssBytes } from "./memory.ts";
import { startEngine, startServer, type Subject, type SubjectOptions } from "./subject.ts";

/**
 * What does an operation cost when there are a thousand times as many keys?
 *
 * Populations of 10 thousand to 10 million keys, open at the same time and asked in turn, with a cache of the same size.
 * *Hot* access asks for the same number of keys in each, spread over the whole population, so that the cache holds them in
 * all: what is left is the price of the number of keys. *Uniform* access misses the cache wherever the population does not
 * fit it, which is what a store that is larger than its memory has to pay; it has no target.
 */
export const curve: Experiment = {
  name: "curve",
  question: "What does an operation cost with 10 million keys instead of 10 thousand?",
  async run(bench) {
    // One after the other: both for 10 million keys at a time would take twice the memory.
    const inProcess = await measureWhere(bench, startIdleEngine);
    const server = await measureWhere(bench, startIdleServer);
    const memory = bench.scale.curveKeys.map((keys, at) => ({
      keys,
      usedBytes: inProcess.bytes[at] ?? Number.NaN,
      residentBytes: server.bytes[at] ?? Number.NaN,
    }));
    const most = bench.scale.curveKeys.at(-1) ?? 0;
    const noCache = knowsSettings({ cacheLimitBytes: CACHE_LIMIT_BYTES }) ? undefined : NO_CACHE;
    return {
      tables: [
        costTable(`Through the server, ${HOW}`, server.measured),
        costTable(`In process, ${HOW}`, inProcess.measured),
        memoryTable(memory),
      ],
      verdicts: [costVerdict("get", most, server), costVerdict("put", most, server)],
      skipped: [noCache, inProcess.problem].filter((reason) => reason !== undefined),
      series: seriesOf([...server.measured, ...inProcess.measured]),
    };
  },
};

/** Holds the hot keys many times over, and of ten million values about a tenth. */
const CACHE_LIMIT_BYTES = 64 * 2 ** 20;
/** Without compaction, which has an experiment of its own: it would work hardest for the smallest population. */
const SETTINGS = { cacheLimitBytes: CACHE_LIMIT_BYTES, deadShareLimit: 1 } as const;
const NO_CACHE =
  "a cache of a fixed size: this engine has none (kv.storage.cacheLimitBytes is unknown), so every value is in memory and uniform access misses nothing";
const CONNECTIONS = 50;
const PIPELINE = 16;
const SYNC = "everysec";
const HOW = `${CONNECTIONS} x ${PIPELINE}, sync ${SYNC}`;
const OPERATIONS: readonly Operation[] = ["get", "put"];

/** A store that has not been read from yet, and its memory: in use, in process; resident, of a server. */
interface IdleSubject extends Subject {
  readonly where: string;
  readonly bytes: number;
}

async function startIdleEngine(bench: Bench, options: SubjectOptions): Promise<IdleSubject> {
  const engine = await startEngine(bench, options);
  return { ...engine, where: "in process", bytes: engine.opened.memoryBytes };
}

async function startIdleServer(bench: Bench, options: SubjectOptions): Promise<IdleSubject> {
  const server = await startServer(bench, options);
  return { ...server, where: "server", bytes: readRssBytes(server.pid) };
}

interface WhereMeasured {
  readonly measured: readonly MeasuredSize[];
  /** The memory of each size. */
  readonly bytes: readonly number[];
  /** Why there are not all sizes. */
  readonly problem: string | undefined;
}

async function measureWhere(
  bench: Bench,
  start: (bench: Bench, options: SubjectOptions) => Promise<IdleSubject>,
): Promise<WhereMeasured> {
  await using stack = new AsyncDisposableStack();
  const cells: CurveCell[] = [];
  const bytes: number[] = [];
  const problem = await forEachSize(bench, async (keys) => {
    const subject = stack.use(await start(bench, { keys, sync: SYNC, settings: SETTINGS }));
    bytes.push(subject.bytes);
    cells.push(...cellsOf(bench, keys, subject));
  });
  const measured: MeasuredSize[] = [];
  for (const type of ["hot", "uniform"] as const) {
    // One access after the other: uniform access drives the hot keys out of the cache.
    const ofType = cells.filter(({ traffic }) => traffic.access.type === type);
    measured.push(...(await measureAll(bench, ofType.toSorted(byOperation))));
  }
  return { measured, bytes, problem };
}

/** The same traffic to all sizes comes together. */
function byOperation(a: CurveCell, b: CurveCell): number {
  return OPERATIONS.indexOf(a.traffic.operation) - OPERATIONS.indexOf(b.traffic.operation);
}

function cellsOf({ scale }: Bench, keys: number, subject: IdleSubject): readonly CurveCell[] {
  const accesses: readonly Access[] = [
    { type: "hot", hotKeys: scale.hotKeys },
    { type: "uniform" },
  ];
  return accesses.flatMap((access) =>
    OPERATIONS.map((operation) => ({
      name: `${subject.where}, ${operation}, ${access.type}, ${showCount(keys)} keys`,
      keys,
      subject,
      traffic: { operation, access, keys, connections: CONNECTIONS, pipeline: PIPELINE },
    })),
  );
}
