import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What `/proc` counts in: USER_HZ, 100 a second on every architecture that Node runs on. */
const TICK_US = 10_000;

/**
 * User and system time that the process `pid` has used so far, all its threads together, in microseconds;
 * `undefined` where the system does not tell. Linux tells in steps of 10 ms, macOS too; others in seconds.
 */
export function readCpuTimeUs(pid: number): number | undefined {
  if (process.platform === "linux") return parseProcStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (process.platform === "win32") return undefined;
  return parsePsTime(execFileSync("ps", ["-o", "time=", "-p", String(pid)], { encoding: "utf8" }));
}

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
