import { parseArgs } from "node:util";
import type { OperatorHost, OutputStream, SystemApplication } from "@kv/application";
import { cannotRun } from "./cannot-run.ts";
import { declaredCommand } from "./declared-command.ts";
import { type NodeProcess, pidFile, runningProcess } from "./pid-file.ts";
import { processMark } from "./process-mark.ts";
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

/** They stop one after the other. */
function longestStopMs(applications: readonly SystemApplication[]): number {
  const times = applications.map(({ application }) => application.shutdownMs ?? defaultShutdownMs);
  return times.reduce((sum, ms) => sum + ms, marginMs);
}

/** The node as its control socket tells, should its file be lost; `undefined` when nothing answers. */
async function answeringProcess(call: ReleaseCall): Promise<NodeProcess | undefined> {
  if (process.platform === "win32") return undefined;
  const output = captured();
  const nobody: OutputStream = { ...captured(), isTTY: false };
  const host: OperatorHost = {
    stdin: process.stdin,
    stdout: output,
    stderr: nobody,
    on: () => {},
    off: () => {},
  };
  const code = await declaredCommand({ ...call, host }, "status", ["status", "--json"]);
  if (code !== 0) return undefined;
  const status: unknown = JSON.parse(output.text());
  const isStatus = typeof status === "object" && status !== null && "pid" in status;
  const pid = isStatus ? Number(status.pid) : Number.NaN;
  const mark = Number.isSafeInteger(pid) ? processMark(pid) : undefined;
  return mark === undefined ? undefined : { pid, mark };
}

function captured(): OutputStream & { text(): string } {
  let text = "";
  return {
    write: (part, done) => {
      text += String(part);
      done?.();
      return true;
    },
    on: () => {},
    off: () => {},
    text: () => text,
  };
}
