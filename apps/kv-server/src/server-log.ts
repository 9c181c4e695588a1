import type { KvError, StorageError } from "@kv/kv";
import type { Address } from "./address.ts";
import { emit } from "./events.ts";
import { RateLimitedLog } from "./rate-limited-log.ts";

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
      cut === 0 ? "All connections are closed" : `Connections that did not end in time: ${cut}`;
    emit({ type: "drained", level: cut === 0 ? "info" : "warn", message, node: this.#node, cut });
  }

  /** A connection could not be accepted, for a reason of the machine's. */
  acceptFailed(failure: Error): void {
    const suppressed = this.#limited.admit("accept-failed");
    if (suppressed === undefined) return;
    const message = `A connection could not be accepted: ${failure.message}`;
    emit({ type: "accept-failed", level: "warn", message, node: this.#node, suppressed, failure });
  }

  /** A connection was turned away. */
  tooManyConnections(connectionLimit: number): void {
    const suppressed = this.#limited.admit("too-many-connections");
    if (suppressed === undefined) return;
    const message = `A connection was turned away: there are ${connectionLimit} already`;
    const type = "too-many-connections";
    emit({ type, level: "warn", message, node: this.#node, suppressed, connectionLimit });
  }

  /** A client did not take its replies. */
  slowReaderCut(pendingBytes: number): void {
    const suppressed = this.#limited.admit("slow-reader-cut");
    if (suppressed === undefined) return;
    const message = `A connection was cut: its client left ${pendingBytes} bytes of replies unread`;
    const type = "slow-reader-cut";
    emit({ type, level: "warn", message, node: this.#node, suppressed, pendingBytes });
  }

  /** A bug: what it did to one connection cost that connection only. */
  connectionCrashed(failure: unknown): void {
    const suppressed = this.#limited.admit("connection-crashed");
    if (suppressed === undefined) return;
    const message = "A connection was cut: a request failed in a way it must not";
    const type = "connection-crashed";
    emit({ type, level: "error", message, node: this.#node, suppressed, failure });
  }

  /** A request failed in routing or storage. */
  requestFailed(failure: KvError | StorageError): void {
    const { code } = failure;
    const suppressed = this.#limited.admit(code);
    if (suppressed === undefined) return;
    const message = `A request failed: ${failure.message}`;
    const type = "request-failed";
    emit({ type, level: "warn", message, node: this.#node, suppressed, code, failure });
  }

  /** Somebody tried to log in. */
  wrongPassword(): void {
    const suppressed = this.#limited.admit("wrong-password");
    if (suppressed === undefined) return;
    const message = "A client gave a wrong name or password";
    emit({ type: "wrong-password", level: "warn", message, node: this.#node, suppressed });
  }
}
