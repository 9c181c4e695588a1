import type { Traffic } from "../data/traffic.ts";
import { findRedis, HOW_TO_INSTALL, type RedisPrograms } from "../redis/redis-programs.ts";
import { showCount } from "../report/units.ts";
import type { Bench, Experiment } from "./experiment.ts";
import { measureAll, seriesOf } from "./measure-all.ts";
import { measureMemory, redisMemoryTable, redisMemoryVerdict } from "./redis-memory.ts";
import { type Mode, type Pair, startPair } from "./redis-pair.ts";
import { type MeasuredPairing, type PairingCell, pairingTable } from "./redis-report.ts";
import { absentVerdicts, pairingVerdicts } from "./redis-verdicts.ts";

/**
 * How fast is a node beside redis-server, in each sync mode?
 *
 * For each mode a node and a redis-server with the same keys and values, all open at the same time and asked in turn: the node
 * over RESP and over the line protocol, and redis-server, by the bench's load generator; and then the node over RESP and
 * redis-server by redis-benchmark.
 */
export const redis: Experiment = {
  name: "redis",
  question: "How fast is a node beside redis-server, in each sync mode?",
  async run(bench) {
    const programs = findRedis();
    if (programs === undefined) {
      const reason = "redis-server or redis-benchmark is absent";
      const skipped = [`${reason}, so nothing was compared with it: ${HOW_TO_INSTALL}`];
      return { tables: [], verdicts: absentVerdicts(reason), skipped, series: [] };
    }
    return await compare(bench, programs);
  },
};

const MODES: readonly Mode[] = [
  { name: "never", sync: "never" },
  { name: "everysec", sync: "everysec" },
  { name: "always", sync: "always" },
];
/** `default` is the user that Redis' `requirepass` is for. */
const WITH_LOGIN: Mode = {
  name: "everysec, log-in",
  sync: "everysec",
  login: { name: "default", password: "only-for-the-bench" },
};

type Shape = Pick<Traffic, "operation" | "connections" | "pipeline">;

const PIPELINE_16: readonly Shape[] = [
  { operation: "get", connections: 50, pipeline: 16 },
  { operation: "put", connections: 50, pipeline: 16 },
];
const PIPELINE_1: readonly Shape[] = [
  { operation: "get", connections: 50, pipeline: 1 },
  { operation: "put", connections: 50, pipeline: 1 },
];
/** One client that waits for each write: the latency of the path to the disk and back. */
const ALONE: Shape = { operation: "put", connections: 1, pipeline: 1 };

/** Pipeline 16 comes first: the first traffic to a server is preceded by a sweep of the same shape. */
function shapesOf({ sync, login }: Mode): readonly Shape[] {
  if (login !== undefined) return PIPELINE_16;
  const shapes = [...PIPELINE_16, ...PIPELINE_1];
  return sync === "never" ? shapes : [...shapes, ALONE];
}

async function compare(
  bench: Bench,
  programs: RedisPrograms,
): Promise<Awaited<ReturnType<Experiment["run"]>>> {
  await using stack = new AsyncDisposableStack();
  const pairs: Pair[] = [];
  for (const mode of [...MODES, WITH_LOGIN]) {
    bench.progress.tell(`starting a node and redis-server, ${mode.name}`);
    pairs.push(stack.use(await startPair(bench, programs, mode)));
  }
  const memory = await measureMemory(bench, pairs);
  const measured = await measureInScale(
    bench,
    pairs.flatMap((pair) => cellsOf(bench, pair)),
  );
  for (const pair of pairs) await pair.assertSameKeys();
  const { keys, toolKeys } = bench.scale.redis;
  const version = `redis-server ${programs.version}`;
  const load = `Node and ${version}, ${showCount(keys)} keys, uniform access`;
  const tool = `The same servers by redis-benchmark, ${showCount(toolKeys)} keys`;
  return {
    tables: [
      pairingTable(load, measured, "load"),
      pairingTable(tool, measured, "redis-benchmark"),
      redisMemoryTable(memory),
    ],
    verdicts: [...pairingVerdicts(measured), redisMemoryVerdict(memory)],
    skipped: [],
    series: seriesOf(measured),
  };
}

/** With the experiment's own rounds: it has many things to measure in each. */
async function measureInScale(
  bench: Bench,
  cells: readonly PairingCell[],
): Promise<readonly MeasuredPairing[]> {
  const { rounds, warmUpMs, slotMs } = bench.scale.redis;
  return await measureAll({ ...bench, scale: { ...bench.scale, rounds, warmUpMs } }, cells, slotMs);
}

function cellsOf({ scale }: Bench, { mode, contenders }: Pair): readonly PairingCell[] {
  return shapesOf(mode).flatMap((shape) =>
    contenders.map(({ generator, side, subject }) => ({
      name: `${generator}, ${side}, ${mode.name}, ${shape.operation}, ${shape.connections} x ${shape.pipeline}`,
      generator,
      side,
      mode: mode.name,
      subject,
      traffic: { ...shape, keys: scale.redis.keys, access: { type: "uniform" } },
    })),
  );
}
