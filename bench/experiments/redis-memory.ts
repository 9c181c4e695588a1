import type { Table, Verdict } from "../report/report.ts";
import { showBytes, showCount } from "../report/units.ts";
import type { Bench } from "./experiment.ts";
import { readRssBytes } from "./memory.ts";
import type { Pair, RedisMemory } from "./redis-pair.ts";
import { startEngine, startServer } from "./subject.ts";

/** What the same population takes on both sides. Each figure is above that of the same without keys. */
export interface MemoryBesideRedis {
  readonly keys: number;
  /** In use by the engine in a process of its own, on the heap and off it, before the first read. */
  readonly engineBytes: number;
  /** The node's resident set, before the first read. */
  readonly nodeResidentBytes: number;
  readonly redis: RedisMemory;
}

/** Weighs what the first of `pairs` took for its population, and an engine, and both without keys. */
export async function measureMemory(
  bench: Bench,
  [pair]: readonly Pair[],
): Promise<MemoryBesideRedis> {
  if (pair === undefined) throw new Error("No servers were started to weigh");
  const { keys } = bench.scale.redis;
  const { sync } = pair.mode;
  await using emptyNode = await startServer(bench, { keys: 0, sync });
  await using emptyEngine = await startEngine(bench, { keys: 0, sync });
  await using engine = await startEngine(bench, { keys, sync });
  return {
    keys,
    engineBytes: engine.opened.memoryBytes - emptyEngine.opened.memoryBytes,
    nodeResidentBytes: pair.nodeResidentBytes - readRssBytes(emptyNode.pid),
    redis: pair.redisMemory,
  };
}

/** A row for each side. */
export function redisMemoryTable(memory: MemoryBesideRedis): Table {
  const { keys, engineBytes, nodeResidentBytes, redis } = memory;
  return {
    title: `Memory for a key, ${showCount(keys)} keys of 12 bytes with values of 16 to 128`,
    columns: ["server", "in use, bytes a key", "resident set, bytes a key"],
    rows: [
      ["node", showBytes(engineBytes / keys), showBytes(nodeResidentBytes / keys)],
      ["redis-server", showBytes(redis.usedBytes / keys), showBytes(redis.residentBytes / keys)],
    ],
    notes: [
      "Above the same without keys. In use: the engine's heap and off-heap before the first read; Redis' used_memory.",
      "Redis holds the values too. The node has them in its files, and those it was asked for in a cache with a limit.",
    ],
  };
}

/** Below so many keys what an engine takes at its start outweighs what it takes for each key. */
const LEAST_KEYS = 1_000_000;
const MOST_SHARE = 0.5;

/** An aim rather than a target. */
export function redisMemoryVerdict({ keys, engineBytes, redis }: MemoryBesideRedis): Verdict {
  const claim = `aim: memory in use for a key at most ${MOST_SHARE}x of redis-server's`;
  const [bytes, ofRedis] = [engineBytes / keys, redis.usedBytes / keys];
  const share = bytes / ofRedis;
  const measured = `${share.toFixed(2)}x, ${showBytes(bytes)} bytes to ${showBytes(ofRedis)}`;
  if (keys < LEAST_KEYS) {
    const reason = `${measured}, but judged from ${showCount(LEAST_KEYS)} keys on only`;
    return { claim, measured: reason, outcome: "skipped" };
  }
  return { claim, measured, outcome: share <= MOST_SHARE ? "met" : "missed" };
}
