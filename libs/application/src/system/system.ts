import type { ApplicationError } from "../errors.ts";
import type { LiveSystem } from "./live-system.ts";

/**
 * How a system ended: *stopped* in order, since it was asked to; *stop-failed* when it was asked to and an application,
 * or a child of one, failed to stop or did not in time; *failed* when an application that it cannot be without
 * did not go on, however the rest stopped then.
 */
export type SystemExit =
  | { readonly type: "stopped" }
  | { readonly type: "stop-failed"; readonly error: ApplicationError<"STOP_FAILED"> }
  | { readonly type: "failed"; readonly application: string; readonly error: unknown };

/** Applications that run together, started in the order of their dependencies. Disposal stops them in reverse,
 * and does not reject: how it went is what `finished` says. */
export interface System extends LiveSystem, AsyncDisposable {
  /** Resolves when all applications have been stopped. Never rejects. */
  readonly finished: Promise<SystemExit>;
}
