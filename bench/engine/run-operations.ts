import type { Answer, Answering, Store } from "@kv/storage";
import { bucketNames, bucketOf, drawValues, makeKey, writeKeyDigits } from "../data/population.ts";
import { drawKeys } from "../data/draw-keys.ts";
import type { Operation, Traffic } from "../data/traffic.ts";
import type { Measurement } from "../measure/measurement.ts";
import { type EngineStatistics, withOptionalMembers } from "./optional-members.ts";

/** When traffic ends: after its time, or once this has settled. */
export type Until =
  | { readonly type: "time" }
  | { readonly type: "settled"; readonly work: Promise<unknown> };

/** Keys that are drawn beforehand and asked for in turn. */
const DRAW_COUNT = { hot: 2 ** 15, uniform: 2 ** 18 } as const;
const VALUE_COUNT = 4_096;
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
  const { connections, pipeline, durationMs } = traffic;
  const caller = new Caller(store, traffic);
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
  return {
    operations,
    elapsedMs,
    cpuUs: user + system,
    latencyUs: undefined,
    generatorCpuUs: undefined,
    cacheHits: hitShare(cacheBefore, withOptionalMembers(store).statistics?.().cache),
  };
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

/** Calls one operation after the other, from drawn keys and values. */
class Caller {
  readonly #store: Store;
  readonly #operation: Operation;
  readonly #drawn: Uint32Array;
  readonly #values: readonly Uint8Array[];
  /** The engine reads it only during a call, so one array serves all of them. */
  readonly #key = makeKey();
  #at = 0;

  constructor(store: Store, { operation, keys, access, seed }: Traffic) {
    this.#store = store;
    this.#operation = operation;
    this.#drawn = drawKeys(keys, access, { count: DRAW_COUNT[access.type], seed });
    this.#values = drawValues(VALUE_COUNT, seed);
  }

  /** Resolves when all of `count` operations are answered and durable. */
  async call(count: number): Promise<void> {
    const promised: Promise<Answer<Outcome>>[] = [];
    const durables = new Set<Promise<void>>();
    let last: Promise<void> | undefined;
    for (let called = 0; called < count; called++) {
      const answer = this.#callNext();
      if (answer instanceof Promise) {
        promised.push(answer);
        continue;
      }
      const durable = durableOf(answer);
      // All operations of a group share one promise, and they come one after the other.
      if (durable !== undefined && durable !== last) durables.add(durable);
      last = durable;
    }
    for (const answer of await Promise.all(promised)) {
      const durable = durableOf(answer);
      if (durable !== undefined) durables.add(durable);
    }
    await Promise.all(durables);
  }

  #callNext(): Answering<Outcome> {
    const at = this.#at;
    const index = this.#drawn[at % this.#drawn.length] ?? 0;
    this.#at = at + 1;
    writeKeyDigits(this.#key, 0, index);
    const bucket = bucketNames[bucketOf(index)] ?? this.#key;
    const isPut = this.#operation === "put" || (this.#operation === "mixed" && at % 2 === 0);
    if (!isPut) return this.#store.get(bucket, this.#key);
    const value = this.#values[at % VALUE_COUNT] ?? this.#key;
    return this.#store.put(bucket, [{ key: this.#key, value }]);
  }
}

interface Outcome {
  readonly type: string;
}

/** What `answer` waits for; throws when it is not the one that was expected. */
function durableOf({ outcome, durable }: Answer<Outcome>): Promise<void> | undefined {
  if (outcome.type === "found" || outcome.type === "stored") return durable;
  throw new Error(`The store lacks a key: ${outcome.type}`);
}
