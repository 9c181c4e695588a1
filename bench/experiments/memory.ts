import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Table, Verdict } from "../report/report.ts";
import { showBytes, showCount } from "../report/units.ts";

/** The memory of one population, open and idle: no value has been read yet, so the cache is empty. */
export interface MemoryFigures {
  readonly keys: number;
  /** In use by the engine in a process of its own, on the heap and off it. */
  readonly usedBytes: number;
  /** What the system has given to the node's process. */
  readonly residentBytes: number;
}

/**
 * Half of what Redis 7 takes for a small entry: 16 bytes of key and 16 to 64 of value come to 104 to 160 bytes with its
 * dictionary entry, object header and allocator classes. An estimate, until a Redis is measured in the same run.
 */
const AIM_BYTES = { least: 52, most: 80 } as const;

/** Memory for each key of each population. */
export function memoryTable(figures: readonly MemoryFigures[]): Table {
  return {
    title: "Memory for a key, before the first read",
    columns: ["keys", "engine, bytes a key", "node's resident set, bytes a key"],
    rows: figures.map(({ keys, usedBytes, residentBytes }) => {
      const smallest = figures[0];
      const resident =
        smallest === undefined
          ? Number.NaN
          : (residentBytes - smallest.residentBytes) / (keys - smallest.keys);
      return [showCount(keys), showBytes(usedBytes / keys), showBytes(resident)];
    }),
    notes: [
      "Engine: heap and off-heap after a garbage collection. Resident set: what is above the smallest population's, and so",
      "with all that the allocator and the opening left behind.",
    ],
  };
}

/** Below so many keys what an engine takes at its start outweighs what it takes for each key. */
const LEAST_KEYS = 1_000_000;

/** An aim rather than a target: the largest population, in the engine. */
export function memoryVerdict(figures: readonly MemoryFigures[]): Verdict {
  const { keys, usedBytes } = figures.at(-1) ?? { keys: 0, usedBytes: Number.NaN };
  const bytes = usedBytes / keys;
  const claim = `aim: memory for a key of ${showCount(keys)} at most ${AIM_BYTES.most} bytes (half of Redis' estimated 104 to 160: ${AIM_BYTES.least} to ${AIM_BYTES.most})`;
  const measured = `${showBytes(bytes)} bytes`;
  if (keys < LEAST_KEYS) {
    const reason = `${measured}, but judged from ${showCount(LEAST_KEYS)} keys on only`;
    return { claim, measured: reason, outcome: "skipped" };
  }
  return { claim, measured, outcome: bytes <= AIM_BYTES.most ? "met" : "missed" };
}

/** The resident set of `pid`; `NaN` where the system does not tell. */
export function readRssBytes(pid: number): number {
  if (process.platform === "win32") return Number.NaN;
  if (process.platform === "linux") {
    const kib = /^VmRSS:\s+(?<kib>\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Number(kib?.groups?.["kib"]) * 1_024;
  }
  return (
    Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1_024
  );
}
