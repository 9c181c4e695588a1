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

/** The same for what OpenSSL says, which Node puts among other things: `…:SSL routines:FUNCTION:REASON:FILE:…`. */
const TLS_REASONS: ReadonlyMap<string, string> = new Map([
  ["wrong version number", "it does not speak TLS"],
  ["packet length too long", "it does not speak TLS"],
  ["http request", "it does not speak TLS"],
  ["unsupported protocol", "its TLS is older than 1.3"],
  ["tlsv1 alert protocol version", "its TLS is older than 1.3"],
]);

/** What the operating system said, on one line, without the call and its arguments: `connection refused`. */
export function systemReason(error: Error): string {
  const ofTls = /:SSL routines:[^:]*:(?<reason>[^:\n]+)/u.exec(error.message)?.groups?.["reason"];
  if (ofTls !== undefined) return TLS_REASONS.get(ofTls) ?? `TLS: ${ofTls}`;
  if (error.message.includes("before secure TLS connection")) {
    return "it closed the connection at the first words of TLS: perhaps it does not speak that";
  }
  const code = "code" in error ? String(error.code) : "";
  if (code === "ERR_TLS_HANDSHAKE_TIMEOUT") return "the handshake of TLS took too long";
  const told = error.message.split("\n", 1)[0] ?? "";
  const plain = told.replace(/^\w+: /u, "").replace(/, \w+(?: '[^]*')?$/u, "");
  return REASONS[code] ?? plain;
}
