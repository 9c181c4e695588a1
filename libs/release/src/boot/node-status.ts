import { isApplicationError, type OperatorHost, type OutputStream } from "@kv/application";
import * as v from "valibot";
import { declaredCommand } from "./declared-command.ts";
import type { NodeProcess } from "./pid-file.ts";
import { processMark } from "./process-mark.ts";
import type { ReleaseCall } from "./release-call.ts";

const statusSchema = v.object({ pid: v.pipe(v.number(), v.safeInteger()), uptimeMs: v.number() });

/** What a node says of itself. */
export type NodeStatus = v.InferOutput<typeof statusSchema>;

/**
 * The node as its control socket tells, should its file be lost; `undefined` when nothing answers. Throws what stands between the
 * node that answers and this operator: `CONTROL_WRONG_COOKIE`, `CONTROL_REFUSED`.
 */
export async function answeringProcess(call: ReleaseCall): Promise<NodeProcess | undefined> {
  const pid = (await nodeStatus(call))?.pid;
  const mark = pid === undefined ? undefined : processMark(pid);
  return pid === undefined || mark === undefined ? undefined : { pid, mark };
}

/** What a node says of itself by its control socket; `undefined` when nothing answers. Throws what `status` ends by otherwise. */
export async function nodeStatus(call: ReleaseCall): Promise<NodeStatus | undefined> {
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
  const failures: unknown[] = [];
  const onFailure = (failure: unknown): void => void failures.push(failure);
  await declaredCommand({ ...call, host, onFailure }, "status", ["status", "--json"]);
  for (const failure of failures) {
    if (isApplicationError(failure, "CONTROL_NO_NODE")) return undefined;
    throw failure;
  }
  const status: unknown = JSON.parse(output.text());
  return v.is(statusSchema, status) ? status : undefined;
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
