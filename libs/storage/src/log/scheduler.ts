/** When the log engine does what need not be done at once. A test holds the strings itself. */
export interface Scheduler {
  /** Calls back once, when the work of the current event-loop turn is done. */
  readonly endOfTurn: (callback: () => void) => void;
  /** Calls back once, a few milliseconds from now: what is done in small portions beside the traffic. */
  readonly soon: (callback: () => void) => void;
  /** Calls back every second until it is disposed. */
  readonly everySecond: (callback: () => void) => Disposable;
}

const SECOND_MS = 1000;

/** The pause between two portions: short enough to keep up, long enough to let others go first. */
const PAUSE_MS = 5;

/** Node's event loop. The ticking of seconds does not keep the process alive. */
export const nodeScheduler: Scheduler = {
  endOfTurn: (callback) => {
    setImmediate(callback);
  },
  soon: (callback) => {
    setTimeout(callback, PAUSE_MS);
  },
  everySecond: (callback) => setInterval(callback, SECOND_MS).unref(),
};
