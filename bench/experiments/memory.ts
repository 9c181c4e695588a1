import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Table } from "../report/report.ts";
import { showBytes, showCount } from "../report/units.ts";

/** The memory of one population, open and idle: no value has been read yet, so the cache is empty. */
export interface MemoryFigures {
  readonly keys: number;
  /** In use by the engine in a process of its own, on the heap and off it. */
  readonly usedBytes: number;
  /** What the system has given to the node's process. */
  readonly residentBytes: number;
}

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
