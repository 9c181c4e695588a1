import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { readCpuTimeUs } from "./cpu-time.ts";

/** Over so long a time it is looked at whether processes are quiet. */
const LOOK_MS = 100;

/** So much of a core is not quiet: a node that does nothing takes less than one hundredth. */
const QUIET_SHARE = 0.05;

/**
 * So often in a row: redis-server sees ten times a second whether its file is to be rewritten, so that the first look may be
 * nearly over when it begins.
 */
const QUIET_LOOKS = 2;

/** Nobody is waited for longer. */
const PATIENCE_MS = 15_000;

/** What {@link waitForQuiet} goes by; the machine's own by default. */
export interface QuietOptions {
  /** Processor time that they have used so far, in microseconds. */
  readonly usedUs: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Resolves when whoever is meant by `usedUs` has nothing left to do of its own: what one server puts off until after its
 * requests (a compaction, a rewritten file) is not to take the processor of the next. Answers whether that is so: after 15 s
 * it is given up.
 */
export async function waitForQuiet({ usedUs, sleep = after }: QuietOptions): Promise<boolean> {
  let before = usedUs();
  let quietLooks = 0;
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
    await sleep(LOOK_MS);
    const now = usedUs();
    // A process that has ended takes its time with it.
    const isQuiet = Math.abs(now - before) < QUIET_SHARE * LOOK_MS * 1_000;
    quietLooks = isQuiet ? quietLooks + 1 : 0;
    if (quietLooks === QUIET_LOOKS) return true;
    before = now;
  }
  return false;
}

/** What processes and their children have used, in microseconds; 0 where the system does not tell. */
export function usedUsOf(pids: readonly number[]): number {
  const all = [...pids, ...childrenOf(new Set(pids))];
  return all.reduce((sum, pid) => sum + (timeOf(pid) ?? 0), 0);
}

/** A process may end while it is looked at. */
function timeOf(pid: number): number | undefined {
  try {
    return readCpuTimeUs(pid);
  } catch {
    return undefined;
  }
}

/** redis-server rewrites its file in a process of its own. Only Linux is asked. */
function childrenOf(pids: ReadonlySet<number>): readonly number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pids.has(parentOf(pid) ?? -1) && !pids.has(pid));
}

function parentOf(pid: number): number | undefined {
  try {
    return parseParent(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** The fourth field of `/proc/PID/stat`; the second, a name in parentheses, may have anything in it. */
export function parseParent(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}
