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
 * What a person is told about a failure that ended the process. An operating failure: the message of the deepest
 * one among its causes, since "the port is in use" says more than "the supervisor gave up". A bug: all of it, with
 * its stack.
 */
export function failureText(failure: unknown): string {
  return bugText(failure) ?? failureMessage(failure);
}

/** All that is known of a bug, with its stack; `undefined` when `failure` comes from an operating failure. */
export function bugText(failure: unknown): string | undefined {
  const told = mostTelling(failure);
  return isOperatingFailure(told) ? undefined : inspect(told);
}

/** `failure` as a part of a sentence: one line, without a stack. */
export function failureReason(failure: unknown): string {
  return failureMessage(failure).split("\n", 1)[0] ?? "";
}

function failureMessage(failure: unknown): string {
  const told = mostTelling(failure);
  return told instanceof Error ? told.message : String(told);
}

function mostTelling(failure: unknown): unknown {
  // This package's errors only pass on what went wrong inside a child or an application.
  if (failure instanceof ApplicationError && failure.cause !== undefined) {
    return mostTelling(failure.cause);
  }
  if (!isOperatingFailure(failure)) return failure;
  let deepest = failure;
  for (let cause: unknown = failure; cause instanceof Error; cause = cause.cause) {
    if (isOperatingFailure(cause)) deepest = cause;
  }
  return deepest;
}
