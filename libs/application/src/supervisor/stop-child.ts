import { isApplicationError } from "../errors.ts";
import { emit } from "../events.ts";
import { failureReason } from "../operating-failure.ts";
import type { StopFailure } from "../stop-failure.ts";
import type { Time } from "../time.ts";
import { within } from "../time.ts";

/** How long a child may take to stop when its specification does not say, in milliseconds. */
export const defaultShutdownMs = 10_000;

/** Whom events name, and how long the child may take. */
export interface StopTerms {
  readonly name: string;
  readonly shutdownMs: number;
  readonly time: Time;
}

/**
 * Disposes of `child`. Never throws and never waits longer than `shutdownMs`: a child that fails to stop, or does not
 * stop in time, is reported in an event and in the answer, and whoever is stopping the rest goes on. A supervisor that
 * could not stop its own children has reported them: the answer names them in its place.
 */
export async function stopChild(
  child: AsyncDisposable,
  { name, shutdownMs, time }: StopTerms,
): Promise<readonly StopFailure[]> {
  try {
    const outcome = await within(dispose(child), shutdownMs, time);
    if (outcome !== "late") return [];
    const how = `did not stop within ${shutdownMs} ms`;
    const message = `${name} ${how}; going on without it`;
    emit({ level: "error", message, type: "stop-late", child: name, shutdownMs });
    return [{ name, how }];
  } catch (failure) {
    if (isApplicationError(failure, "STOP_FAILED")) return failure.details.failures;
    const how = `failed while it was stopping: ${failureReason(failure)}`;
    emit({ level: "error", message: `${name} ${how}`, type: "stop-failed", child: name, failure });
    return [{ name, how, failure }];
  }
}

/** Asynchronous also when the disposal throws at once. */
async function dispose(child: AsyncDisposable): Promise<void> {
  await child[Symbol.asyncDispose]();
}
