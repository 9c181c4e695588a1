import type { Store } from "@kv/storage";
import { drawKeys, eachKeyOnce } from "../data/draw-keys.ts";
import type { Traffic } from "../data/traffic.ts";
import type { Measurement } from "../measure/measurement.ts";
import { Caller } from "./caller.ts";
import { type EngineStatistics, withOptionalMembers } from "./optional-members.ts";

/** When traffic ends: after its time, or once this has settled, which must not fail. */
export type Until =
  | { readonly type: "time" }
  | { readonly type: "settled"; readonly work: Promise<unknown> };

/** Keys that are drawn beforehand and asked for in turn. */
const DRAW_COUNT = { hot: 2 ** 15, uniform: 2 ** 18 } as const;
/** After so many operations at the latest the event loop gets its turn, as under a server. */
const OPERATIONS_PER_TURN = 1_000;

/**
 * Calls the store directly, `connections * pipeline` operations under way at a time: called one after the other, then
 * awaited together until the last one is durable.
 */
export async function runOperations(
  store: Store,
  traffic: Traffic,
  until: Until = { type: "time" },
): Promise<Measurement> {
  const { operation, keys, access, connections, pipeline, durationMs, seed } = traffic;
  const drawn = drawKeys(keys, access, { count: DRAW_COUNT[access.type], seed });
  const caller = new Caller(store, { operation, drawn, seed });
  const isOver = endOf(until, durationMs);
  const cacheBefore = withOptionalMembers(store).statistics?.().cache;
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  let operations = 0;
  let sinceTurn = 0;
  while (!isOver()) {
    await caller.call(connections * pipeline);
    operations += connections * pipeline;
    sinceTurn += connections * pipeline;
    if (sinceTurn < OPERATIONS_PER_TURN) continue;
    sinceTurn = 0;
    await new Promise(setImmediate);
  }
  const elapsedMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  if (until.type === "settled") await until.work;
  return {
    operations,
    elapsedMs,
    cpuUs: user + system,
    latencyUs: undefined,
    generatorCpuUs: undefined,
    cacheHits: hitShare(cacheBefore, withOptionalMembers(store).statistics?.().cache),
  };
}

/** Gets each key that `traffic` may ask for once, so that a cache holds what it can hold of them. */
export async function sweep(store: Store, { keys, access, seed }: Traffic): Promise<void> {
  const drawn = eachKeyOnce(keys, access);
  const caller = new Caller(store, { operation: "get", drawn, seed });
  for (let at = 0; at < drawn.length; at += OPERATIONS_PER_TURN) {
    await caller.call(Math.min(OPERATIONS_PER_TURN, drawn.length - at));
    await new Promise(setImmediate);
  }
}

type CacheCounts = EngineStatistics["cache"];

function hitShare(before: CacheCounts, after: CacheCounts): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  const hits = after.hits - before.hits;
  return hits / (hits + after.misses - before.misses);
}

function endOf(until: Until, durationMs: number): () => boolean {
  if (until.type === "time") {
    const deadlineMs = performance.now() + durationMs;
    return () => performance.now() >= deadlineMs;
  }
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  until.work.then(settle, settle);
  return () => isSettled;
}
