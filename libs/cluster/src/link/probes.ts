import type { Scheduler } from "../network/scheduler.ts";

/** Told once whether the other end has shown that it is there. */
export type ProbeListener = (isAlive: boolean) => void;

/** The pings of a link that wait for their pongs. */
export class Probes {
  readonly #scheduler: Scheduler;
  readonly #waiting = new Map<number, ProbeListener>();
  #lastId = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** The number for a ping that is to be sent now; `listener` is told of its pong, or that there was none in `timeoutMs`. */
  begin(timeoutMs: number, listener: ProbeListener): number {
    const id = ++this.#lastId;
    const cancel = this.#scheduler.after(timeoutMs, () => this.end(id, false));
    this.#waiting.set(id, (isAlive) => {
      cancel();
      listener(isAlive);
    });
    return id;
  }

  /** The pong of that number has come, or will not. */
  end(id: number, isAlive: boolean): void {
    const listener = this.#waiting.get(id);
    this.#waiting.delete(id);
    listener?.(isAlive);
  }

  /** No more pongs will come. */
  endAll(): void {
    for (const id of this.#waiting.keys()) this.end(id, false);
  }
}
