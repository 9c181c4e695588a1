import { ApplicationError, formatBytes, type NodeContext } from "@kv/application";
import type { MaintenanceOptions } from "@kv/storage";
import type { NodeKv } from "../kv.ts";

/** What a long piece of work on the store is given: its progress is shown, and the operator can give it up. */
export function maintenanceOptions(
  verb: string,
  { progress, signal }: NodeContext<NodeKv>,
): MaintenanceOptions {
  return {
    onProgress: (doneBytes, totalBytes) =>
      progress(`${verb} ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`),
    signal,
  };
}

/** What a command fails with that the engine has nothing for. */
export function notOffered(action: string): ApplicationError {
  return new ApplicationError("COMMAND_FAILED", { action, reason: "this engine cannot" });
}
