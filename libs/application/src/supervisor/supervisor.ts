import type { Child, ChildSpecification } from "../child.ts";
import { ApplicationError } from "../errors.ts";
import { emit } from "../events.ts";
import { failureReason } from "../operating-failure.ts";
import { systemTime, type Time } from "../time.ts";
import { ChildSlot, type Ending } from "./child-slot.ts";
import { defaultIntensity, judgeRestart, type RestartIntensity } from "./restart-intensity.ts";
import { restartedWith, type SupervisorStrategy } from "./strategy.ts";

/** What to supervise, and how. */
export interface SupervisorOptions {
  /** Named in events and errors. */
  readonly name: string;
  readonly strategy: SupervisorStrategy;
  /** In the order in which they start; they stop in reverse. */
  readonly children: readonly ChildSpecification[];
  /** 3 restarts in 5 seconds by default. */
  readonly intensity?: RestartIntensity | undefined;
  /** Gives up the start when it is aborted; has no meaning afterwards. */
  readonly signal?: AbortSignal | undefined;
  readonly time?: Time | undefined;
}

/** What became of one child. */
export interface ChildStatus {
  readonly id: string;
  /** `false` while it is being restarted, and for good once it ended and is not to be restarted. */
  readonly isRunning: boolean;
  /** How often it was started again. */
  readonly restarts: number;
}

/** Children that are started in order, restarted when they end, and stopped in reverse. */
export interface Supervisor extends Child {
  /** In start order. */
  children(): readonly ChildStatus[];
}

/**
 * Starts `children` in order. When one fails to start, those before it are stopped in reverse and its failure is
 * thrown; with `retryFirstStart` it is tried again, as a restart that counts, before the next one's turn.
 *
 * Endings are dealt with one at a time, as in OTP: while a child is being restarted, its pause included, the
 * ending of another one waits. A start that fails during a restart is an ending like any other.
 *
 * `finished` rejects with `SUPERVISOR_GAVE_UP` when children end more often than `intensity` allows, after all of them
 * have been stopped; disposal resolves it. A supervisor whose children have all ended goes on. A supervisor
 * as a child of another needs a `shutdownMs` that is enough for all of its own.
 *
 * The disposal tries all children, and rejects with `STOP_FAILED` when one of them failed to stop, or did not in time;
 * so does a start that `signal` gives up. What an earlier life of a child left behind does not count.
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const supervisor = new RunningSupervisor(options);
  await supervisor.start(options.signal);
  return supervisor;
}

/** A child that is to be started again, and why. */
interface Failed {
  readonly slot: ChildSlot;
  readonly failure: unknown;
}

class RunningSupervisor implements Supervisor {
  readonly #name: string;
  readonly #strategy: SupervisorStrategy;
  readonly #intensity: RestartIntensity;
  readonly #time: Time;
  /** In start order. */
  readonly #slots: readonly ChildSlot[];
  readonly #stopping = new AbortController();
  readonly #end = Promise.withResolvers<void>();
  #history: readonly number[] = [];
  #lastTask: Promise<void> = Promise.resolve();
  #disposal: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    const { name, strategy, children, intensity = defaultIntensity, time = systemTime } = options;
    this.#name = name;
    this.#strategy = strategy;
    this.#intensity = intensity;
    this.#time = time;
    this.#slots = children.map((specification) => new ChildSlot(name, specification, time));
    const ids = new Set(children.map(({ id }) => id));
    if (ids.size < children.length) throw new Error(`${name}: two children have the same id`);
    // It may give up before anybody had the chance to look: that is no unhandled rejection.
    this.finished.catch(() => {});
  }

  get finished(): Promise<void> {
    return this.#end.promise;
  }

  children(): readonly ChildStatus[] {
    return this.#slots.map(({ specification: { id }, isRunning, restarts }) => ({
      id,
      isRunning,
      restarts,
    }));
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const giveUp = (): void => this.#stopping.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp);
    try {
      await this.#inTurn(() => this.#startFirst());
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    this.#stopping.abort();
    await this.#inTurn(() => stopInReverse(this.#slots));
    this.#end.resolve();
    const failure = this.#stopFailure();
    if (failure !== undefined) throw failure;
  }

  #stopFailure(): ApplicationError | undefined {
    const failures = this.#slots.toReversed().flatMap(({ stopFailures }) => stopFailures);
    return failures.length === 0 ? undefined : new ApplicationError("STOP_FAILED", { failures });
  }

  /** Runs `task` when all earlier ones are done: what a supervisor does, it does one at a time. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const turn = this.#lastTask.then(task);
    this.#lastTask = turn.catch(() => {});
    return turn;
  }

  async #startFirst(): Promise<void> {
    try {
      for (const slot of this.#slots) {
        let failed = await this.#start([slot]);
        while (failed !== undefined) {
          this.#stopping.signal.throwIfAborted();
          if (slot.specification.retryFirstStart !== true) throw failed.failure;
          this.#countRestart(failed);
          await this.#pause(slot);
          failed = await this.#start([slot]);
        }
      }
      this.#stopping.signal.throwIfAborted();
    } catch (failure) {
      const isGivenUp = this.#stopping.signal.aborted;
      this.#stopping.abort();
      await stopInReverse(this.#slots);
      throw (isGivenUp ? this.#stopFailure() : undefined) ?? failure;
    }
  }

  /** Starts `slots` in order, up to the first that fails. */
  async #start(slots: readonly ChildSlot[]): Promise<Failed | undefined> {
    for (const slot of slots) {
      const onEnd = (ending: Ending): void => {
        this.#inTurn(() => this.#deal(slot, ending)).catch(this.#end.reject);
      };
      try {
        await slot.start(this.#stopping.signal, onEnd);
      } catch (failure) {
        return { slot, failure };
      }
    }
    return undefined;
  }

  async #deal(slot: ChildSlot, { child, failed }: Ending): Promise<void> {
    if (!slot.holds(child) || this.#stopping.signal.aborted) return;
    // It has ended, and may hold on to something all the same.
    await slot.stop();
    const { name, specification } = slot;
    const { restart = "permanent" } = specification;
    if (restart === "permanent" || (restart === "transient" && failed !== undefined)) {
      const { failure } = failed ?? { failure: new ApplicationError("ENDED_UNASKED", { name }) };
      await this.#restart({ slot, failure });
    } else if (failed === undefined) {
      emit({ level: "debug", message: `${name} ended`, type: "child-ended", child: name });
    } else {
      const message = `${name} failed: ${failureReason(failed.failure)}; it is not restarted`;
      emit({ level: "warn", message, type: "child-ended", child: name, ...failed });
    }
  }

  async #restart(first: Failed): Promise<void> {
    let failed: Failed | undefined = first;
    while (failed !== undefined && !this.#stopping.signal.aborted) {
      const { slot }: Failed = failed;
      try {
        this.#countRestart(failed);
      } catch (error) {
        this.#stopping.abort();
        await stopInReverse(this.#slots);
        this.#end.reject(error);
        return;
      }
      const affected = restartedWith(this.#strategy, this.#slots, slot);
      await stopInReverse(affected);
      await this.#pause(slot);
      failed = await this.#start(
        affected.filter(({ specification }) => specification.restart !== "temporary"),
      );
    }
  }

  /** Throws `SUPERVISOR_GAVE_UP` when this restart is one too many. */
  #countRestart({ slot, failure }: Failed): void {
    const { name: child, specification } = slot;
    const { id, restartDelayMs: delayMs = 0 } = specification;
    const verdict = judgeRestart(this.#history, this.#time.nowMs(), this.#intensity);
    this.#history = verdict.history;
    if (verdict.type === "restart") {
      const message = `${child} failed: ${failureReason(failure)}; restarting it in ${delayMs} ms`;
      emit({ level: "warn", message, type: "child-restarting", child, delayMs, failure });
      return;
    }
    const details = { supervisor: this.#name, child: id, ...this.#intensity };
    const message = `${child} failed; giving up after ${this.#intensity.maxRestarts} restarts`;
    // Why is in the error, for whoever tells of the end of the supervisor.
    emit({ level: "error", message, type: "supervisor-gave-up", child });
    throw new ApplicationError("SUPERVISOR_GAVE_UP", details, { cause: failure });
  }

  async #pause({ specification: { restartDelayMs = 0 } }: ChildSlot): Promise<void> {
    if (restartDelayMs > 0) await this.#time.sleep(restartDelayMs, this.#stopping.signal);
  }
}

async function stopInReverse(slots: readonly ChildSlot[]): Promise<void> {
  for (const slot of slots.toReversed()) await slot.stop();
}
