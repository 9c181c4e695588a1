import type { LogStream } from "../logger/log-stream.ts";

/** What the boundary needs of the process it runs in; Node's `process` is one. */
export interface HostProcess {
  /** An `unhandledRejection` has its promise as the second subject. */
  on(event: HostEvent, listener: (subject: unknown, promise?: unknown) => void): unknown;
  off(event: HostEvent, listener: (subject: unknown, promise?: unknown) => void): unknown;
  /** Ends the process at once. */
  exit(code: number): unknown;
  /** Looked at, never read. */
  readonly stdin?: { readonly isTTY?: boolean | undefined };
  readonly stdout: LogStream;
  readonly stderr: LogStream;
}

/** The signals that ask for an end; SIGHUP only where a terminal went away. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** What happens to a process. */
export type HostEvent = StopSignal | "uncaughtException" | "unhandledRejection";
