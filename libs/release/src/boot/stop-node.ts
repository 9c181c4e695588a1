import { setTimeout as after } from "node:timers/promises";
import { ReleaseError } from "../errors.ts";

/** How often the process is looked at. */
const LOOK_MS = 20;

/** What {@link stopNode} needs of the process that it runs in. */
export interface Killer {
  /** As `process.kill`. */
  kill(pid: number, signal: 0 | "SIGTERM"): unknown;
}

/** What is to be stopped. */
export interface StopRequest {
  readonly node: string;
  /** `undefined` when nobody knows of one. */
  readonly pid: number | undefined;
  readonly timeoutMs: number;
}

/**
 * Asks a node to stop, and resolves when its process is gone. Throws `RELEASE_REFUSED` when it does not run, is somebody
 * else's, or does not end in time: then it goes on stopping.
 */
export async function stopNode(host: Killer, request: StopRequest): Promise<void> {
  const { node, pid, timeoutMs } = request;
  if (pid === undefined || !ask(host, request, "SIGTERM")) {
    throw refused(`${node} does not run here; start it with the command start`);
  }
  for (let waitedMs = 0; ask(host, request, 0); waitedMs += LOOK_MS) {
    if (waitedMs >= timeoutMs) {
      throw refused(
        `${node} (process ${pid}) has not ended in ${timeoutMs / 1000} s; it is still stopping: wait for it with a longer --timeout, or end it with kill -9 ${pid}`,
      );
    }
    await after(LOOK_MS);
  }
}

/** Whether there was somebody to ask. */
function ask(host: Killer, { node, pid }: StopRequest, signal: 0 | "SIGTERM"): boolean {
  if (pid === undefined) return false;
  try {
    host.kill(pid, signal);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ESRCH") return false;
    if (code !== "EPERM") throw error;
    throw refused(`${node} (process ${pid}) is another user's; stop it as that one, or as root`);
  }
}

function refused(problem: string): ReleaseError {
  return new ReleaseError("RELEASE_REFUSED", { problem });
}
