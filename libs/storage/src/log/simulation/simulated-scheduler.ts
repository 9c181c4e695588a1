import type { Scheduler } from "../scheduler.ts";

/** An event loop that stands still: turns end, pauses are over and seconds pass when a test says so. */
export class SimulatedScheduler implements Scheduler {
  #turn: (() => void)[] = [];
  #pauses: (() => void)[] = [];
  readonly #tickers = new Set<() => void>();

  endOfTurn = (callback: () => void): void => {
    this.#turn.push(callback);
  };

  soon = (callback: () => void): void => {
    this.#pauses.push(callback);
  };

  everySecond = (callback: () => void): Disposable => {
    this.#tickers.add(callback);
    return { [Symbol.dispose]: () => void this.#tickers.delete(callback) };
  };

  /** How many wait for the end of the turn or of a pause. */
  get waiting(): number {
    return this.#turn.length + this.#pauses.length;
  }

  endTurn(): void {
    const callbacks = this.#turn;
    this.#turn = [];
    for (const callback of callbacks) callback();
  }

  endPause(): void {
    const callbacks = this.#pauses;
    this.#pauses = [];
    for (const callback of callbacks) callback();
  }

  passSecond(): void {
    for (const tick of this.#tickers) tick();
  }
}

/** An event loop that waits for nothing: pauses take no time, and seconds never pass. */
export const eagerScheduler: Scheduler = {
  endOfTurn: (callback) => void setImmediate(callback),
  soon: (callback) => void setImmediate(callback),
  everySecond: () => ({ [Symbol.dispose]: () => {} }),
};
