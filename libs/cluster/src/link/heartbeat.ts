import type { Scheduler } from "../network/scheduler.ts";
import type { Timing } from "../timing.ts";

/** How often a link looks after itself within the time of a heartbeat. */
const looksPerHeartbeat = 2;

/** What a heartbeat asks of its link. */
export interface Beating {
  /** When something was last sent. */
  readonly lastSentMs: number;
  /** Sends a sign of life. */
  beat(): void;
  /** Nothing was heard for too long. */
  silent(): void;
  /** Called at every look, between. */
  look(): void;
}

/** Sends signs of life when there is nothing else to send, and watches for those of the other end. */
export class Heartbeat {
  readonly #scheduler: Scheduler;
  readonly #timing: Timing;
  readonly #link: Beating;
  #lastHeardMs: number;
  #cancel: () => void = () => {};

  /** It beats from now on, until it is stopped. */
  constructor(scheduler: Scheduler, timing: Timing, link: Beating) {
    this.#scheduler = scheduler;
    this.#timing = timing;
    this.#link = link;
    this.#lastHeardMs = scheduler.now();
    this.#lookLater();
  }

  /**
   * Something was heard, or is there to be read. False when the time for that is over: this process was stopped meanwhile,
   * or could not look, and the other end has given it up.
   */
  heard(): boolean {
    const nowMs = this.#scheduler.now();
    if (nowMs - this.#lastHeardMs >= this.#timing.silenceLimitMs) return false;
    this.#lastHeardMs = nowMs;
    return true;
  }

  /** For how long nothing was heard, in whole milliseconds. */
  get silentMs(): number {
    return Math.round(this.#scheduler.now() - this.#lastHeardMs);
  }

  stop(): void {
    this.#cancel();
  }

  #lookLater(): void {
    const delayMs = this.#timing.heartbeatMs / looksPerHeartbeat;
    this.#cancel = this.#scheduler.after(delayMs, this.#look);
  }

  readonly #look = (): void => {
    const { heartbeatMs, silenceLimitMs } = this.#timing;
    const nowMs = this.#scheduler.now();
    if (nowMs - this.#lastHeardMs >= silenceLimitMs) {
      this.#link.silent();
      return;
    }
    // At the next look it would be too late.
    if (nowMs - this.#link.lastSentMs > heartbeatMs / looksPerHeartbeat) this.#link.beat();
    this.#lookLater();
    this.#link.look();
  };
}
