import { ApplicationError } from "../errors.ts";
import { isOperatingFailure } from "../operating-failure.ts";

/** How deep the members of an event are shown; what lies deeper is seldom what one looks for. */
const depthLimit = 5;

/**
 * An event's member as a log can hold it. Bytes are counted instead of shown, since they are users' data; an error
 * shows its code, its message and its causes, and its stack when it may be a bug: never beneath an operating failure.
 */
export function printable(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return `<${value.byteLength} bytes>`;
  if (depth === depthLimit) return "…";
  if (value instanceof Error) return printableError(value, depth);
  if (Array.isArray(value)) return value.map((item) => printable(item, depth + 1));
  if ("toJSON" in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, printable(member, depth + 1)]),
  );
}

/** Beneath an error that says all there is to know, causes are shown without their stacks. */
function printableError(error: Error, depth: number, isExplained = false): unknown {
  const { name, message, stack, cause } = error;
  const isClear = isExplained || isOperatingFailure(error) || isSystemError(error);
  // This package's own errors only pass on what went wrong inside: it may still be a bug.
  const explains = isClear && (isExplained || !(error instanceof ApplicationError));
  return {
    name,
    ...("code" in error ? { code: error.code } : {}),
    message,
    ...(isClear ? {} : { stack }),
    ...(cause === undefined ? {} : { cause: printableCause(cause, depth + 1, explains) }),
  };
}

function printableCause(cause: unknown, depth: number, isExplained: boolean): unknown {
  const isError = cause instanceof Error && depth < depthLimit;
  return isError ? printableError(cause, depth, isExplained) : printable(cause, depth);
}

/** The operating system, or SQLite, refused something: where in our code it was told so helps nobody. */
function isSystemError(error: Error): boolean {
  return "syscall" in error || "errcode" in error;
}
