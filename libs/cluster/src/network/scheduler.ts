/** The clock and the event loop, as far as links need them. A simulation brings its own. */
export interface Scheduler {
  /** Milliseconds of a clock that never goes back, with fractions. */
  now(): number;
  /** Calls back once, in `delayMs` milliseconds or a little later, or in 24 days if that is less. The result takes that back. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back once, when what the current turn of the event loop has brought is done. */
  endOfTurn(callback: () => void): void;
}

const msPerSecond = 1000;
const nsPerMs = 1_000_000;

/** The longest that a timer of Node's takes, in milliseconds; what asks for more is called early, and looks at the clock. */
const longestDelayMs = 2 ** 31 - 1;

/** Node's event loop, by the clock of `process.hrtime`. Its timers do not keep the process alive. */
export const nodeScheduler: Scheduler = {
  now() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * msPerSecond + nanoseconds / nsPerMs;
  },
  after(delayMs, callback) {
    // Node's timers may come a fraction of a millisecond early by this clock.
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs) + 1, longestDelayMs)).unref();
    return () => clearTimeout(timer);
  },
  endOfTurn(callback) {
    setImmediate(callback);
  },
};
