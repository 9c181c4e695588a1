import type { Address } from "./address.ts";
import { emit, type Incident, type ServerEvent } from "./events.ts";
import { RateLimitedLog } from "./rate-limited-log.ts";
import type { RequestFailure } from "./refusal.ts";

/** What happens at a front door, in words. What clients can make happen at will is said once a second. */
export class ServerLog {
  readonly #node: string;
  readonly #limited: RateLimitedLog;

  /** `clock` tells milliseconds and never goes back. */
  constructor(node: string, clock: () => number) {
    this.#node = node;
    this.#limited = new RateLimitedLog(clock);
  }

  /** The listener is bound to `address`. */
  listening({ host, port }: Address): void {
    const message = `Accepting connections on port ${port}`;
    emit({ type: "listening", level: "info", message, node: this.#node, host, port });
  }

  /** All connections are gone; `cut` of them had to be cut. */
  drained(cut: number): void {
    const message =
      cut === 0 ? "All connections are closed" : `Connections cut since they did not end: ${cut}`;
    emit({ type: "drained", level: cut === 0 ? "info" : "warn", message, node: this.#node, cut });
  }

  /** A connection could not be accepted, for a reason of the machine's. */
  acceptFailed(failure: Error): void {
    const message = `A connection could not be accepted: ${failure.message}`;
    this.#report({ type: "accept-failed", failure }, message);
  }

  /** A connection was turned away. */
  tooManyConnections(connectionLimit: number): void {
    const message = `A connection was turned away: there are ${connectionLimit} already`;
    this.#report({ type: "too-many-connections", connectionLimit }, message);
  }

  /** A client did not take its replies. */
  slowReaderCut(pendingBytes: number): void {
    const message = `A connection was cut: its client left ${pendingBytes} bytes of replies unread`;
    this.#report({ type: "slow-reader-cut", pendingBytes }, message);
  }

  /** A bug: what it did to one connection cost that connection only. */
  connectionCrashed(failure: unknown): void {
    const message = "A connection was cut: a request failed in a way it must not";
    this.#report({ type: "connection-crashed", failure }, message, { level: "error" });
  }

  /** A request failed in routing or storage. */
  requestFailed(failure: RequestFailure): void {
    const { code, message } = failure;
    this.#report({ type: "request-failed", code, failure }, `A request failed: ${message}`, {
      kind: code,
    });
  }

  /** Somebody tried to log in. */
  wrongPassword(): void {
    this.#report({ type: "wrong-password" }, "A client gave a wrong name or password");
  }

  #report(
    incident: Incident,
    message: string,
    options: { readonly level?: ServerEvent["level"]; readonly kind?: string } = {},
  ): void {
    const { level = "warn", kind = incident.type } = options;
    const suppressed = this.#limited.admit(kind);
    if (suppressed === undefined) return;
    emit({ ...incident, level, message, node: this.#node, suppressed });
  }
}
