import type { Child } from "../child.ts";
import { emit } from "../events.ts";
import { failureReason } from "../operating-failure.ts";
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
 * Disposes of `child`. Never throws and never waits longer than `shutdownMs`: a child that fails to stop, or
 * does not stop in time, is reported in an event, and whoever is stopping the rest goes on.
 */
export async function stopChild(
  child: Child,
  { name, shutdownMs, time }: StopTerms,
): Promise<void> {
  try {
    const outcome = await within(dispose(child), shutdownMs, time);
    if (outcome !== "late") return;
    const message = `${name} did not stop within ${shutdownMs} ms; going on without it`;
    emit({ level: "error", message, type: "stop-late", child: name, shutdownMs });
  } catch (failure) {
    const message = `${name} failed while it was stopping: ${failureReason(failure)}`;
    emit({ level: "error", message, type: "stop-failed", child: name, failure });
  }
}

/** Asynchronous also when the disposal throws at once. */
async function dispose(child: Child): Promise<void> {
  await child[Symbol.asyncDispose]();
}
