import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cannotRun } from "./cannot-run.ts";
import { processMark } from "./process-mark.ts";
import type { ReleasePlace } from "./release-place.ts";

/** A process, and when it began. */
export interface NodeProcess {
  readonly pid: number;
  readonly mark: string;
}

/** The file that holds the process id of the node on its first line while it runs: `bin/NAME pid` reads it. */
export function pidFile({ temporary, node }: Pick<ReleasePlace, "temporary" | "node">): string {
  return join(temporary, `${node}.pid`);
}

/** The process that the file names, if it still runs. Throws `CANNOT_RUN` when the file is another user's. */
export function runningProcess(path: string): NodeProcess | undefined {
  const found = readPidFile(path);
  return found !== undefined && isRunning(found) ? found : undefined;
}

/** Whether it is the same process still. */
export function isRunning({ pid, mark }: NodeProcess): boolean {
  return processMark(pid) === mark;
}

/**
 * Says that this process is `node` from now on, until what is returned is called. Throws `CANNOT_RUN` when another process
 * is it, or the file cannot be written.
 */
export function claimPidFile(path: string, node: string): () => void {
  const text = `${process.pid}\n${processMark(process.pid) ?? ""}\n`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeClaim(path, text, node);
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    const wayOut = "set RELEASE_TMP to a folder that it may write to";
    throw cannotRun(`${node} cannot write its pid: ${error.message}; ${wayOut}`, error);
  }
  return () => {
    if (readText(path) === text) rmSync(path, { force: true });
  };
}

function writeClaim(path: string, text: string, node: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    while (!link(draft, path)) {
      const other = readPidFile(path);
      if (other !== undefined && other.pid !== process.pid && isRunning(other)) {
        throw runsAlready(node, other);
      }
      // Left behind by a node that was killed.
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function runsAlready(node: string, { pid }: NodeProcess): Error {
  return cannotRun(
    `${node} runs already, as process ${pid}; stop that one, or start this one under another name by RELEASE_NODE`,
  );
}

/** Whether the draft is the file now: nobody ever reads one that is half written. */
function link(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readPidFile(path: string): NodeProcess | undefined {
  const [first = "", mark = ""] = readText(path).split("\n");
  const pid = Number(first);
  return Number.isSafeInteger(pid) && pid > 0 ? { pid, mark } : undefined;
}

/** Empty where there is no file. */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return "";
    if (code !== "EACCES") throw error;
    throw cannotRun(`${path} is another user's to read; run this as that user`, error);
  }
}
