import { inspect } from "node:util";
import { ApplicationError } from "./errors.ts";

/** A failure that somebody outside the program can mend: every package marks its own class of errors so. */
export interface OperatingFailure extends Error {
  readonly kind: "operating-failure";
}

/** Tells an operating failure from a bug. */
export function isOperatingFailure(error: unknown): error is OperatingFailure {
  return error instanceof Error && "kind" in error && error.kind === "operating-failure";
}

/**
 * What a person is told about a failure that ended the process. An operating failure: the message of the deepest one among
 * its causes, since "the port is in use" says more than "the supervisor gave up". A bug: all of it, with its stack.
 */
export function failureText(failure: unknown): string {
  const origin = unwrapped(failure);
  if (!isOperatingFailure(origin)) return inspect(origin);
  let deepest = origin;
  for (let cause: unknown = origin; cause instanceof Error; cause = cause.cause) {
    if (isOperatingFailure(cause)) deepest = cause;
  }
  return deepest.message;
}

/** This package's errors only pass on what went wrong inside a child or an application. */
function unwrapped(failure: unknown): unknown {
  const isWrapping = failure instanceof ApplicationError && failure.cause !== undefined;
  return isWrapping ? unwrapped(failure.cause) : failure;
}
