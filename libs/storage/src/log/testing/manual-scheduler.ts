import type { Scheduler } from "../scheduler.ts";

/** An event loop whose turns and seconds pass when a test says so. */
export class ManualScheduler implements Scheduler {
  #callbacks: (() => void)[] = [];
  readonly #tickers = new Set<() => void>();

  endOfTurn = (callback: () => void): void => {
    this.#callbacks.push(callback);
  };

  soon = (callback: () => void): void => {
    this.#callbacks.push(callback);
  };

  everySecond = (callback: () => void): Disposable => {
    this.#tickers.add(callback);
    return { [Symbol.dispose]: () => void this.#tickers.delete(callback) };
  };

  /** Ends the turn: what waited for that is called now. */
  endTurn(): void {
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback();
  }

  /** Lets a second pass. */
  passSecond(): void {
    for (const tick of this.#tickers) tick();
  }
}
