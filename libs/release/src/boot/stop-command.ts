import { parseArgs } from "node:util";
import type { SystemApplication } from "@kv/application";
import { cannotRun } from "./cannot-run.ts";
import { answeringProcess } from "./node-status.ts";
import { pidFile, runningProcess } from "./pid-file.ts";
import type { ReleaseCall } from "./release-call.ts";
import { stopNode } from "./stop-node.ts";

/** How long an application may take to stop when it does not say, in milliseconds: as when it runs. */
const defaultShutdownMs = 30_000;

/** What the end of a process may take beside its applications, in milliseconds. */
const marginMs = 5_000;

/** `stop [--timeout SECONDS]`: asks the node to stop, and resolves with 0 when its process is gone. Throws `CANNOT_RUN`. */
export async function stopCommand(call: ReleaseCall): Promise<number> {
  const { place, system, words } = call;
  const timeoutMs = readTimeout(words) ?? longestStopMs(system.applications);
  const found = runningProcess(pidFile(place)) ?? (await answeringProcess(call));
  if (found === undefined) {
    throw cannotRun(`${place.node} does not run here; bin/${place.build.name} start starts it`);
  }
  await stopNode({ node: place.node, found, timeoutMs });
  return 0;
}

/** In milliseconds; `undefined` when nothing was said. */
function readTimeout(words: readonly string[]): number | undefined {
  const usage = "stop takes --timeout SECONDS, and nothing else";
  let text: string | undefined;
  try {
    text = parseArgs({ args: [...words], options: { timeout: { type: "string" } } }).values.timeout;
  } catch (error) {
    throw cannotRun(usage, error);
  }
  if (text === undefined) return undefined;
  if (!/^\d+(?:\.\d+)?$/u.test(text)) throw cannotRun(`${usage}; "${text}" is no number`);
  return Number(text) * 1000;
}

/** How long all of them may take to stop, in milliseconds: they stop one after the other. */
export function longestStopMs(applications: readonly SystemApplication[]): number {
  const times = applications.map(({ application }) => application.shutdownMs ?? defaultShutdownMs);
  return times.reduce((sum, ms) => sum + ms, marginMs);
}
