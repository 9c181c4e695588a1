import type { Scheduler } from "../network/scheduler.ts";

/**
 * One timer for many deadlines: it is set to the first of them. Calls have the same time as a rule, so that one that is
 * made later need not touch it.
 */
export class Alarm {
  readonly #scheduler: Scheduler;
  readonly #ring: () => void;
  #atMs = Infinity;
  #cancel: () => void = () => {};

  /** `ring` is called when it goes off; then it is not set. */
  constructor(scheduler: Scheduler, ring: () => void) {
    this.#scheduler = scheduler;
    this.#ring = ring;
  }

  /** It goes off at `atMs` at the latest; `nowMs` is what time it is. */
  setTo(atMs: number, nowMs: number): void {
    if (atMs >= this.#atMs) return;
    this.#cancel();
    this.#atMs = atMs;
    this.#cancel = this.#scheduler.after(atMs - nowMs, () => {
      this.#atMs = Infinity;
      this.#ring();
    });
  }

  /** It does not go off, until it is set again. */
  off(): void {
    this.#cancel();
    this.#atMs = Infinity;
  }
}
