import type { Scheduler } from "../network/scheduler.ts";
import type { Timing } from "../timing.ts";
import { pauseMs } from "./back-off.ts";

/** What a redial rests on. */
export interface RedialTerms {
  readonly scheduler: Scheduler;
  readonly timing: Timing;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** When a node is dialled again, after pauses that grow with each failure; and whether anybody still wants that. */
export class Redial {
  readonly #terms: RedialTerms;
  readonly #dial: () => void;
  readonly #onUnwanted: () => void;
  #failures = 0;
  #wantedMs = -Infinity;
  #cancel: (() => void) | undefined;

  /** After a pause `dial` is called, or `onUnwanted` when nobody has wanted the node for `interestMs`. */
  constructor(terms: RedialTerms, dial: () => void, onUnwanted: () => void) {
    this.#terms = terms;
    this.#dial = dial;
    this.#onUnwanted = onUnwanted;
  }

  /** Whether a pause is on. */
  get isDue(): boolean {
    return this.#cancel !== undefined;
  }

  /** How long after a dial that has found nobody the next one may begin that somebody waits for. */
  get absentPauseMs(): number {
    const { absentPauseMs, absentPauseLimitMs } = this.#terms.timing;
    const doublings = Math.max(0, this.#failures - 1);
    return Math.min(absentPauseMs * 2 ** doublings, absentPauseLimitMs);
  }

  /** Somebody wants the node, now. */
  wanted(): void {
    this.#wantedMs = this.#terms.scheduler.now();
  }

  /** A dial has failed: the next pause is longer. */
  failed(): void {
    this.#failures++;
  }

  /** Begins a pause, in the place of one that is on. */
  later(): void {
    const { timing, random } = this.#terms;
    this.within(pauseMs(Math.max(0, this.#failures - 1), random(), timing));
  }

  /** The same; it lasts `delayMs`. */
  within(delayMs: number): void {
    const { scheduler, timing } = this.#terms;
    this.cancel();
    this.#cancel = scheduler.after(delayMs, () => {
      this.#cancel = undefined;
      const isWanted = scheduler.now() - this.#wantedMs <= timing.interestMs;
      if (isWanted) this.#dial();
      else this.#onUnwanted();
    });
  }

  /** Ends the pause; nothing is called. */
  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** All is well: no pause, and the next one is as short as the first. */
  reset(): void {
    this.cancel();
    this.#failures = 0;
  }
}
