import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleasePlace } from "./release-place.ts";

/** The file that holds the process id of the node, a line, while it runs: `bin/NAME pid` reads it. */
export function pidFile({ temporary, node }: Pick<ReleasePlace, "temporary" | "node">): string {
  return join(temporary, `${node}.pid`);
}

/** Says that this process is the node from now on, until what is returned is called. */
export function writePidFile(path: string, pid: number): () => void {
  mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${pid}\n`, { mode: 0o600 });
  return () => {
    // Another node may have taken its place.
    if (readPidFile(path) === pid) rmSync(path, { force: true });
  };
}

/** The process that the file names, whether or not it still runs; `undefined` where there is none. */
export function readPidFile(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8").trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
