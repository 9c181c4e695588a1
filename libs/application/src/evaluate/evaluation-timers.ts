import { AsyncLocalStorage } from "node:async_hooks";
import { promisify } from "node:util";

/** Evaluated code hands over whatever it likes; Node judges that. */
type Callback = (...args: unknown[]) => unknown;

/** Sets a timer, as Node's own functions do. */
type SetTimer<Timer> = (callback: Callback, ms?: number, ...args: unknown[]) => Timer;

/** What a function that sets timers is made of. */
interface TimerKind<Timer> {
  readonly set: SetTimer<Timer>;
  readonly clear: (timer: Timer) => void;
  readonly isRepeated?: boolean;
}

/** The timers of one evaluation that have not fired yet, and how each is cleared. */
interface Timers {
  readonly running: Map<object, () => void>;
  state: "evaluating" | "done" | "given-up";
}

/** An evaluation, as far as its timers go. */
export interface TimedEvaluation {
  /** What it has set stays set. */
  done(): void;
  /** Clears what it has set, and whatever it would set from now on. */
  giveUp(): void;
}

/**
 * The timer functions of evaluated code. A timer belongs to the evaluation that has set it, however many promises and other timers lie
 * between: when that is given up it does not fire, and what waits for it goes no further.
 */
export class EvaluationTimers {
  readonly #evaluation = new AsyncLocalStorage<Timers>();
  /** To stand in place of Node's own, by their names. */
  readonly globals: Readonly<Record<string, unknown>> = {
    setTimeout: this.#timeout(),
    setImmediate: this.#immediate(),
    setInterval: this.#tracked<NodeJS.Timeout>({
      set: setInterval,
      clear: clearInterval,
      isRepeated: true,
    }),
  };

  /** Runs `evaluate` as an evaluation of its own. */
  run(evaluate: () => void): TimedEvaluation {
    const timers: Timers = { running: new Map(), state: "evaluating" };
    const end = (state: Timers["state"]): void => {
      timers.state = state;
      timers.running.clear();
    };
    this.#evaluation.run(timers, evaluate);
    return {
      done: () => end("done"),
      giveUp: () => {
        for (const clear of timers.running.values()) clear();
        end("given-up");
      },
    };
  }

  #timeout(): SetTimer<object> {
    const set = this.#tracked<NodeJS.Timeout>({ set: setTimeout, clear: clearTimeout });
    const later = (ms?: number, value?: unknown): Promise<unknown> =>
      new Promise((resolve) => set(() => resolve(value), ms));
    return Object.assign(set, { [promisify.custom]: later });
  }

  #immediate(): SetTimer<object> {
    const set = this.#tracked<NodeJS.Immediate>({
      set: (callback, ...args) => setImmediate(callback, ...args),
      clear: clearImmediate,
    });
    const soon = (value?: unknown): Promise<unknown> =>
      new Promise((resolve) => set(() => resolve(value)));
    return Object.assign(set, { [promisify.custom]: soon });
  }

  #tracked<Timer extends object>({ set, clear, isRepeated }: TimerKind<Timer>): SetTimer<object> {
    return (callback, ...rest) => {
      const timers = this.#evaluation.getStore();
      if (timers === undefined || timers.state === "done" || typeof callback !== "function") {
        return set(callback, ...rest);
      }
      const timer = set(
        (...args) => {
          if (isRepeated !== true) timers.running.delete(timer);
          return callback(...args);
        },
        ...rest,
      );
      if (timers.state === "given-up") clear(timer);
      else timers.running.set(timer, () => clear(timer));
      return timer;
    };
  }
}
