import type { RunningApplication } from "../application.ts";
import { emit } from "../events.ts";
import { bugText, failureReason } from "../operating-failure.ts";
import type { SystemApplication } from "../plan.ts";
import type { ReloadFailure } from "./live-system.ts";

interface Running extends SystemApplication {
  readonly child: RunningApplication<unknown>;
}

/** Has each of `running` reload, in order, and logs how it went. Resolves with those that could not. */
export async function reloadAll(running: readonly Running[]): Promise<readonly ReloadFailure[]> {
  const failures: ReloadFailure[] = [];
  // One that ends meanwhile is taken out of the list.
  for (const { application, child } of running.slice()) {
    if (child.reload === undefined) continue;
    const { name } = application;
    try {
      await child.reload();
      emit({ level: "info", message: `${name} reloaded`, type: "reloaded", application: name });
    } catch (failure) {
      // A bug in reading files must not end a node that serves well with what it had: it is told as one.
      const reason = bugText(failure) ?? failureReason(failure);
      const message = `${name} did not reload, and goes on with what it had: ${reason}`;
      emit({ level: "error", message, type: "reload-failed", application: name, failure });
      failures.push({ application: name, failure });
    }
  }
  return failures;
}
