/** When the log engine does what need not be done at once. A test holds the strings itself. */
export interface Scheduler {
  /** Calls back once, when the work of the current event-loop turn is done. */
  readonly endOfTurn: (callback: () => void) => void;
  /** Calls back every second until it is disposed. */
  readonly everySecond: (callback: () => void) => Disposable;
}

const SECOND_MS = 1000;

/** Node's event loop. The timer does not keep the process alive. */
export const nodeScheduler: Scheduler = {
  endOfTurn: (callback) => {
    setImmediate(callback);
  },
  everySecond: (callback) => setInterval(callback, SECOND_MS).unref(),
};
