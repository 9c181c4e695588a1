/** Whether the operating system has failed with one of `codes`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return isSystemError(error) && codes.includes(String(error.code));
}

/** Whether `error` comes from the operating system, or from a part of Node that speaks like it. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    "code" in error &&
    !("kind" in error && error.kind === "operating-failure")
  );
}

/** What is more telling than what the system says of a connection that failed. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EPIPE: "connection closed",
  ENOENT: "nobody listens there",
  ETIMEDOUT: "timed out",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  ENOTFOUND: "unknown host",
};

/** What the operating system said, on one line, without the call and its arguments: `connection refused`. */
export function systemReason(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  const told = error.message.split("\n", 1)[0] ?? "";
  const plain = told.replace(/^\w+: /u, "").replace(/, \w+(?: '[^]*')?$/u, "");
  return REASONS[code] ?? plain;
}
