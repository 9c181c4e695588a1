import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When the process with this id began, in words that only another start of the same system would repeat: it tells a process from a
 * later one that was given its id. Empty where the system does not say; `undefined` when there is no such process, or
 * nothing is left of it but its exit code.
 */
export function processMark(pid: number, platform: string = process.platform): string | undefined {
  if (!exists(pid)) return undefined;
  if (platform === "linux") return linuxMark(pid);
  return platform === "win32" ? "" : listedMark(pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** By proc(5): the name is in parentheses, and may have some itself; behind it the state is the third field, the start the 22nd. */
function linuxMark(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // Gone meanwhile, or hidden from us, which no process of ours is.
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  return state === "Z" || state === "X" ? undefined : (fields[19] ?? "");
}

function listedMark(pid: number): string | undefined {
  const { stdout } = spawnSync("/bin/ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    // The same words whoever asks.
    env: { LC_ALL: "C", TZ: "UTC" },
  });
  const [, state, start] = /^\s*(\S+)\s+(.*\S)\s*$/u.exec(stdout) ?? [];
  return state === undefined || state.startsWith("Z") ? undefined : start;
}
