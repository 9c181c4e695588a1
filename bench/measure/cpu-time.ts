import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * User and system time that the process `pid` has used so far, in microseconds; `undefined` where the system does not
 * tell. Linux tells to some milliseconds, macOS to ten, others to a second.
 */
export function readCpuTimeUs(pid: number): number | undefined {
  if (process.platform === "linux") return readThreadTimesUs(pid) ?? readProcessTimeUs(pid);
  if (process.platform === "win32") return undefined;
  return parsePsTime(execFileSync("ps", ["-o", "time=", "-p", String(pid)], { encoding: "utf8" }));
}

/**
 * All threads that are there, each to the nanosecond. Those that have ended are not counted; Node keeps its threads.
 * `undefined` where the kernel was built without.
 */
function readThreadTimesUs(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) =>
        parseSchedstat(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8")),
      )
      .reduce((sum, us) => sum + us, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function readProcessTimeUs(pid: number): number | undefined {
  return parseProcStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** Microseconds out of a thread's `schedstat`: the nanoseconds it has run come first. */
export function parseSchedstat(text: string): number {
  return Number(text.split(" ", 1)[0]) / 1_000;
}

/** What `/proc/PID/stat` counts in: USER_HZ, 100 a second on every architecture that Node runs on. */
const TICK_US = 10_000;

/**
 * Microseconds out of `/proc/PID/stat`: its fields 14 (utime) and 15 (stime), see proc(5). The second field is
 * the program's name in parentheses, which may itself hold spaces and parentheses.
 */
export function parseProcStat(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isNaN(ticks) ? undefined : ticks * TICK_US;
}

/** Microseconds out of what `ps -o time=` prints: `[[days-]hours:]minutes:seconds[.hundredths]`. */
export function parsePsTime(text: string): number | undefined {
  const groups =
    /^(?:(?:(?<days>\d+)-)?(?<hours>\d+):)?(?<minutes>\d+):(?<seconds>\d+(?:\.\d+)?)$/u.exec(
      text.trim(),
    )?.groups;
  if (groups === undefined) return undefined;
  const part = (name: string): number => Number(groups[name] ?? 0);
  const hours = part("days") * 24 + part("hours");
  return Math.round(((hours * 60 + part("minutes")) * 60 + part("seconds")) * 1e6);
}
