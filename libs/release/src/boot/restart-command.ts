import { setTimeout as after } from "node:timers/promises";
import { systemTime } from "@kv/application";
import { cannotRun } from "./cannot-run.ts";
import { nodeStatus } from "./node-status.ts";
import { isRunning, pidFile, runningProcess } from "./pid-file.ts";
import type { ReleaseCall } from "./release-call.ts";
import { RESTART_SIGNAL } from "./restart.ts";
import { longestStopMs } from "./stop-command.ts";

/** How often the node is asked whether it is up again, in milliseconds. */
const lookMs = 50;

/**
 * `restart`: has the node stop in order and begin anew in the same process, and resolves with 0 when all of it runs again. Throws
 * `CANNOT_RUN` when there is none, when it does not come up, or when nothing of that happens in time.
 */
export async function restartCommand(call: ReleaseCall): Promise<number> {
  const { process: host, place, system } = call;
  const { node, build } = place;
  const found = runningProcess(pidFile(place));
  if (found === undefined) {
    throw cannotRun(`${node} does not run here; bin/${build.name} start starts it`);
  }
  const beganMs = systemTime.nowMs();
  const patienceMs = longestStopMs(system.applications) + lookMs;
  host.kill(found.pid, RESTART_SIGNAL);
  for (;;) {
    await after(lookMs);
    const waitedMs = systemTime.nowMs() - beganMs;
    if (!isRunning(found))
      throw cannotRun(`${node} has stopped, and has not come up again; its log tells why`);
    const status = await nodeStatus(call);
    if (status !== undefined && status.pid === found.pid && status.uptimeMs < waitedMs) return 0;
    if (waitedMs > patienceMs) {
      throw cannotRun(
        `${node} (process ${found.pid}) is not up again after ${Math.round(waitedMs / 1000)} s`,
      );
    }
  }
}
