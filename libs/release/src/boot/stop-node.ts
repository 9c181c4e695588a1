import { setTimeout as after } from "node:timers/promises";
import { systemTime } from "@kv/application";
import { cannotRun } from "./cannot-run.ts";
import { isRunning, type NodeProcess } from "./pid-file.ts";

/** How often the process is looked at, in milliseconds. */
const lookMs = 20;

/** What is to be stopped. */
export interface StopRequest {
  readonly node: string;
  readonly found: NodeProcess;
  readonly timeoutMs: number;
}

/**
 * Asks a node to stop, and resolves when its process is gone. Throws `CANNOT_RUN` when it is somebody else's, or does not
 * end in time: then it goes on stopping.
 */
export async function stopNode({ node, found, timeoutMs }: StopRequest): Promise<void> {
  const { pid } = found;
  signalNode(node, pid, "SIGTERM");
  const endMs = systemTime.nowMs() + timeoutMs;
  while (isRunning(found)) {
    if (systemTime.nowMs() >= endMs) {
      const wayOut = `wait with a longer --timeout, or end it with kill -9 ${pid}`;
      throw cannotRun(
        `${node} (process ${pid}) has not ended in ${timeoutMs / 1000} s, and is still stopping; ${wayOut}`,
      );
    }
    await after(lookMs);
  }
}

/** Sends it, unless the process has ended by itself. Throws `CANNOT_RUN` when it is somebody else's. */
export function signalNode(node: string, pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ESRCH") return;
    if (code !== "EPERM") throw error;
    throw cannotRun(`${node} (process ${pid}) is another user's; run this as that one, or as root`);
  }
}
