import { ApplicationError, formatBytes } from "@kv/application";
import type { MaintenanceOptions } from "@kv/storage";

/** Who waits for a long piece of work, beside the operator or inside a node. */
export interface WatchedWork {
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What a long piece of work on the store is given: its progress is shown, and the operator can give it up. */
export function maintenanceOptions(
  verb: string,
  { progress, signal }: WatchedWork,
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
