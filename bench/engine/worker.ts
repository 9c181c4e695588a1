/** A process that holds one store and calls it directly: the engine without sockets around it. */
import { openLogStore, type Store, type SyncMode } from "@kv/storage";
import type { Traffic } from "../data/traffic.ts";
import type { Measurement } from "../measure/measurement.ts";
import { serveCalls } from "../processes/serve-calls.ts";
import type { EngineSettings } from "./engine-settings.ts";
import { fillStore } from "./fill-store.ts";
import { withOptionalMembers } from "./optional-members.ts";
import { runOperations, sweep } from "./run-operations.ts";

/** Which store to open, and how. */
export interface OpenArgument extends EngineSettings {
  readonly directory: string;
  readonly sync: SyncMode;
}

/** What came of opening. */
export interface Opened {
  readonly tookMs: number;
  /** Heap and off-heap memory that the open store has, after a garbage collection, before the first read. */
  readonly memoryBytes: number;
  /** Whether the engine can be told to compact. */
  readonly canCompact: boolean;
}

let current: Store | undefined;

function store(): Store {
  if (current === undefined) throw new Error("There is no open store");
  return current;
}

function usedBytes(): number {
  // The second collection takes what the first one only finalized.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function open(options: OpenArgument): Promise<Opened> {
  const before = usedBytes();
  const startedMs = performance.now();
  // An engine that does not know one of the settings passes over it.
  const settings = { ...options, clock: Date.now };
  current = await openLogStore(settings);
  const tookMs = performance.now() - startedMs;
  const canCompact = withOptionalMembers(current).compact !== undefined;
  return { tookMs, memoryBytes: usedBytes() - before, canCompact };
}

/** What a process with a store can be asked for. */
const calls = {
  open,
  fill: (keys: number, onProgress: (share: number) => void): Promise<void> =>
    fillStore(store(), keys, onProgress),
  run: (traffic: Traffic): Promise<Measurement> => runOperations(store(), traffic),
  sweep: (traffic: Traffic): Promise<void> => sweep(store(), traffic),
  /** As `run`, while the engine compacts: from the beginning of that to its end. */
  runCompacting: (traffic: Traffic): Promise<Measurement> => {
    const work = withOptionalMembers(store()).compact?.() ?? Promise.resolve();
    return runOperations(store(), traffic, { type: "settled", work });
  },
  close: async (): Promise<void> => {
    await store()[Symbol.asyncDispose]();
    current = undefined;
  },
};

/** What `WorkerProcess` knows of this process. */
export type EngineCalls = typeof calls;

serveCalls(calls);
