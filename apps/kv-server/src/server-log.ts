import type { Address } from "./address.ts";
import { DOOR_WORDS, type DoorName } from "./door.ts";
import { emit, type Incident, type ServerEvent } from "./events.ts";
import { RateLimitedLog, type Suppressed } from "./rate-limited-log.ts";
import type { RequestFailure } from "./refusal.ts";

/** How an incident is told beside its data. */
interface Wording {
  readonly message: string;
  /** What several of them are called, behind their number. */
  readonly several: string;
  readonly level?: ServerEvent["level"];
  /** The incident's type by default. */
  readonly kind?: string;
}

/**
 * What happens at a front door, in words. What clients can make happen at will is said once a second, and how many
 * there were besides when the second is over.
 */
export class ServerLog {
  readonly #node: string;
  readonly #door: DoorName;
  readonly #limited: RateLimitedLog;
  /** What several incidents are called, by their kind. */
  readonly #plurals = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `clock` tells milliseconds and never goes back. */
  constructor(node: string, clock: () => number, door: DoorName = "line") {
    this.#node = node;
    this.#door = door;
    this.#limited = new RateLimitedLog(clock);
  }

  /** The listener is bound to `address`. */
  listening({ host, port }: Address, isTls: boolean): void {
    const what = DOOR_WORDS[this.#door].connections;
    const message = `Accepting ${what} on port ${port}${isTls ? ", by TLS only" : ""}`;
    const where = { node: this.#node, door: this.#door, host, port, isTls };
    emit({ type: "listening", level: "info", message, ...where });
  }

  /** All connections are gone; `cut` of them had to be cut. Nothing is held back any more. */
  drained(cut: number): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#tellSuppressed(this.#limited.takeAll());
    const what = DOOR_WORDS[this.#door].connections;
    const message =
      cut === 0 ? `All ${what} are closed` : `Cut since they did not end: ${cut} ${what}`;
    const level = cut === 0 ? "info" : "warn";
    emit({ type: "drained", level, message, node: this.#node, door: this.#door, cut });
  }

  /** A connection could not be accepted, for a reason of the machine's. */
  acceptFailed(failure: Error): void {
    const message = `A connection could not be accepted: ${failure.message}`;
    const several = "connections could not be accepted";
    this.#report({ type: "accept-failed", failure }, { message, several });
  }

  /** A connection was turned away. */
  tooManyConnections(peer: string, connectionLimit: number): void {
    const message = `${peer} was turned away: there are ${connectionLimit} connections already`;
    const several = "connections were turned away";
    this.#report({ type: "too-many-connections", peer, connectionLimit }, { message, several });
  }

  /** A client did not take its replies. */
  slowReaderCut(peer: string, pendingBytes: number): void {
    const message = `The connection of ${peer} was cut: it left ${pendingBytes} bytes of replies unread`;
    const several = "connections were cut: they left replies unread";
    this.#report({ type: "slow-reader-cut", peer, pendingBytes }, { message, several });
  }

  /** A bug: what it did to one connection cost that connection only. */
  connectionCrashed(peer: string, failure: unknown): void {
    const message = `The connection of ${peer} was cut: a request failed in a way it must not`;
    const several = "connections were cut: a request failed in a way it must not";
    const incident = { type: "connection-crashed", peer, failure } as const;
    this.#report(incident, { message, several, level: "error" });
  }

  /** A request failed in routing or storage. */
  requestFailed(failure: RequestFailure): void {
    const { code, message } = failure;
    this.#report(
      { type: "request-failed", code, failure },
      { message: `A request failed: ${message}`, several: `requests failed: ${code}`, kind: code },
    );
  }

  /** Somebody tried to log in. */
  wrongPassword(peer: string): void {
    const message = `${peer} gave a wrong name or password`;
    const several = "wrong names or passwords";
    this.#report({ type: "wrong-password", peer }, { message, several });
  }

  /** Somebody wanted to log in while too many others did. */
  tooManyLogins(peer: string): void {
    const message = `${peer} could not log in: too many log-ins wait already`;
    const several = "log-ins were refused: too many waited already";
    this.#report({ type: "too-many-logins", peer }, { message, several });
  }

  /** A TLS connection did not come about. */
  handshakeFailed(peer: string, reason: string): void {
    const message = `The TLS handshake with ${peer} failed: ${reason}`;
    const several = "TLS handshakes failed";
    this.#report({ type: "handshake-failed", peer, reason }, { message, several });
  }

  /** A client spoke TLS where none is spoken. */
  tlsRefused(peer: string): void {
    const message = `${peer} was cut: it speaks TLS, and no certificate is configured`;
    const several = "connections were cut: they speak TLS";
    this.#report({ type: "tls-refused", peer }, { message, several });
  }

  #report(
    incident: Incident,
    { message, several, level = "warn", kind = incident.type }: Wording,
  ): void {
    this.#tellSuppressed(this.#limited.takeEnded());
    this.#plurals.set(kind, several);
    if (this.#limited.admit(kind)) emit({ ...incident, level, message, node: this.#node });
    else this.#tellLater();
  }

  /** When the first silence in which something was held back is over. */
  #tellLater(): void {
    const { dueInMs } = this.#limited;
    if (dueInMs === undefined || this.#timer !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tellSuppressed(this.#limited.takeEnded());
      this.#tellLater();
    }, dueInMs).unref();
  }

  #tellSuppressed(suppressed: readonly Suppressed[]): void {
    for (const { kind, count } of suppressed) {
      const message = `${count} more ${this.#plurals.get(kind) ?? kind}`;
      emit({ type: "more-incidents", level: "warn", message, node: this.#node, kind, count });
    }
  }
}
