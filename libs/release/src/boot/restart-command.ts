import { setTimeout as after } from "node:timers/promises";
import { isApplicationError, systemTime } from "@kv/application";
import { cannotRun } from "./cannot-run.ts";
import { answeringProcess, type NodeStatus, nodeStatus } from "./node-status.ts";
import { isRunning, type NodeProcess, pidFile, runningProcess } from "./pid-file.ts";
import type { ReleaseCall } from "./release-call.ts";
import { RESTART_SIGNAL } from "./restart.ts";
import { longestStopMs } from "./stop-command.ts";
import { signalNode } from "./stop-node.ts";

/** How often the node is asked whether it is up again, in milliseconds. */
const lookMs = 50;

/**
 * `restart`: has the node stop in order and begin anew in the same process, and resolves with 0 when all of it runs again. Throws
 * `CANNOT_RUN` when there is none, when it does not come up, or when nothing of that happens in time; and, with nothing done, when
 * the node would not tell this operator that it is up again: `CONTROL_WRONG_COOKIE`, `CONTROL_REFUSED`.
 */
export async function restartCommand(call: ReleaseCall): Promise<number> {
  const { place, system } = call;
  const { node } = place;
  const found = await findNode(call);
  const beganMs = systemTime.nowMs();
  const patienceMs = longestStopMs(system.applications) + lookMs;
  signalNode(node, found.pid, RESTART_SIGNAL);
  for (;;) {
    await after(lookMs);
    const waitedMs = systemTime.nowMs() - beganMs;
    if (!isRunning(found))
      throw cannotRun(`${node} has stopped, and has not come up again; its log tells why`);
    const status = await statusOnTheWay(call);
    if (status !== undefined && status.pid === found.pid && status.uptimeMs < waitedMs) return 0;
    if (waitedMs > patienceMs) {
      throw cannotRun(
        `${node} (process ${found.pid}) is not up again after ${Math.round(waitedMs / 1000)} s`,
      );
    }
  }
}

/** The node's process, and that it answers. */
async function findNode(call: ReleaseCall): Promise<NodeProcess> {
  const { node, build } = call.place;
  const named = runningProcess(pidFile(call.place));
  const found = await answeringProcess(call);
  if (found !== undefined) return found;
  if (named === undefined) {
    throw cannotRun(`${node} does not run here; bin/${build.name} start starts it`);
  }
  throw cannotRun(
    `${node} runs as process ${named.pid}, and does not answer operators: it is starting or stopping, or its control socket is elsewhere`,
  );
}

/** Undefined also while the node stops, when it answers that it does, and cuts off who asks. */
async function statusOnTheWay(call: ReleaseCall): Promise<NodeStatus | undefined> {
  try {
    return await nodeStatus(call);
  } catch (error) {
    const isPassing =
      isApplicationError(error, "CONTROL_REFUSED") ||
      isApplicationError(error, "CONTROL_LOST") ||
      isApplicationError(error, "COMMAND_REMOTE");
    if (isPassing) return undefined;
    throw error;
  }
}
