import type { Child, ChildSpecification } from "../child.ts";
import { ApplicationError } from "../errors.ts";
import { emit } from "../events.ts";
import type { Time } from "../time.ts";
import { systemTime } from "../time.ts";
import { defaultIntensity, judgeRestart, type RestartIntensity } from "./restart-intensity.ts";
import { startChild } from "./start-child.ts";
import { defaultShutdownMs, stopChild } from "./stop-child.ts";
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
  readonly running: boolean;
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
 */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const supervisor = new RunningSupervisor(options);
  await supervisor.start();
  return supervisor;
}

interface Slot {
  readonly specification: ChildSpecification;
  readonly name: string;
  child: Child | undefined;
  starts: number;
}

interface FailedStart {
  readonly slot: Slot;
  readonly failure: unknown;
}

class RunningSupervisor implements Supervisor {
  readonly #options: SupervisorOptions;
  readonly #time: Time;
  readonly #slots: readonly Slot[];
  readonly #stopping = new AbortController();
  readonly #end = Promise.withResolvers<void>();
  #history: readonly number[] = [];
  #lastTask: Promise<void> = Promise.resolve();
  #disposal: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#time = options.time ?? systemTime;
    this.#slots = options.children.map((specification) => ({
      specification,
      name: `${options.name}.${specification.id}`,
      child: undefined,
      starts: 0,
    }));
    const ids = new Set(options.children.map(({ id }) => id));
    if (ids.size < this.#slots.length) throw new Error(`${options.name}: two children of one id`);
    // It may give up before anybody had the chance to look: that is no unhandled rejection.
    this.finished.catch(() => {});
  }

  get finished(): Promise<void> {
    return this.#end.promise;
  }

  children(): readonly ChildStatus[] {
    return this.#slots.map(({ specification, child, starts }) => ({
      id: specification.id,
      running: child !== undefined,
      restarts: Math.max(0, starts - 1),
    }));
  }

  async start(): Promise<void> {
    const { signal } = this.#options;
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
    await this.#inTurn(() => this.#stop(this.#slots));
    this.#end.resolve();
  }

  /** Runs `task` when all earlier ones are done: what this supervisor does, it does one at a time. */
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
      this.#stopping.abort();
      await this.#stop(this.#slots);
      throw failure;
    }
  }

  /** Starts `slots` in order, up to the first that fails. */
  async #start(slots: readonly Slot[]): Promise<FailedStart | undefined> {
    for (const slot of slots) {
      try {
        await this.#startOne(slot);
      } catch (failure) {
        return { slot, failure };
      }
    }
    return undefined;
  }

  async #startOne(slot: Slot): Promise<void> {
    slot.starts++;
    const child = await startChild(slot.specification.start, {
      signal: this.#stopping.signal,
      graceMs: slot.specification.shutdownMs ?? defaultShutdownMs,
      time: this.#time,
    });
    slot.child = child;
    const message = `${slot.name} started`;
    emit({ level: "debug", message, type: "child-started", child: slot.name });
    const ended = (outcome: Ending): void => {
      this.#inTurn(() => this.#deal(slot, child, outcome)).catch(this.#end.reject);
    };
    child.finished.then(
      () => ended({ failed: false }),
      (failure: unknown) => ended({ failed: true, failure }),
    );
  }

  /** Stops `slots` in reverse. */
  async #stop(slots: readonly Slot[]): Promise<void> {
    for (const slot of slots.toReversed()) await this.#stopOne(slot);
  }

  async #stopOne(slot: Slot): Promise<void> {
    const { child, name } = slot;
    if (child === undefined) return;
    slot.child = undefined;
    const shutdownMs = slot.specification.shutdownMs ?? defaultShutdownMs;
    await stopChild(child, { name, shutdownMs, time: this.#time });
  }

  /** Deals with the ending of `child`, unless it has been stopped or replaced meanwhile. */
  async #deal(slot: Slot, child: Child, ending: Ending): Promise<void> {
    if (slot.child !== child || this.#stopping.signal.aborted) return;
    await this.#stopOne(slot);
    if (isRestarted(slot.specification, ending)) {
      const failure = ending.failed
        ? ending.failure
        : new ApplicationError("ENDED_UNASKED", { name: slot.name });
      await this.#restart({ slot, failure });
      return;
    }
    const outcome = ending.failed
      ? ({ level: "warn", message: `${slot.name} failed`, failure: ending.failure } as const)
      : ({ level: "debug", message: `${slot.name} ended` } as const);
    emit({ ...outcome, type: "child-ended", child: slot.name });
  }

  async #restart(first: FailedStart): Promise<void> {
    let failed: FailedStart | undefined = first;
    while (failed !== undefined && !this.#stopping.signal.aborted) {
      try {
        this.#countRestart(failed);
      } catch (error) {
        this.#stopping.abort();
        await this.#stop(this.#slots);
        this.#end.reject(error);
        return;
      }
      const { slot }: FailedStart = failed;
      const affected = restartedWith(this.#options.strategy, this.#slots, slot);
      await this.#stop(affected);
      await this.#pause(slot);
      failed = await this.#start(
        affected.filter((each) => each.specification.restart !== "temporary"),
      );
    }
  }

  /** Throws `SUPERVISOR_GAVE_UP` when this restart is one too many. */
  #countRestart({ slot, failure }: FailedStart): void {
    const { name, intensity = defaultIntensity } = this.#options;
    const { id, restartDelayMs = 0 } = slot.specification;
    const verdict = judgeRestart(this.#history, this.#time.nowMs(), intensity);
    this.#history = verdict.history;
    const about = { child: slot.name, failure };
    if (verdict.type === "restart") {
      const message = `${slot.name} failed; restarting it in ${restartDelayMs} ms`;
      emit({ level: "warn", message, type: "child-restarting", delayMs: restartDelayMs, ...about });
      return;
    }
    const details = { supervisor: name, child: id, ...intensity };
    const error = new ApplicationError("SUPERVISOR_GAVE_UP", details, { cause: failure });
    emit({ level: "error", message: error.message, type: "supervisor-gave-up", ...about });
    throw error;
  }

  async #pause({ specification: { restartDelayMs = 0 } }: Slot): Promise<void> {
    if (restartDelayMs > 0) await this.#time.sleep(restartDelayMs, this.#stopping.signal);
  }
}

type Ending = { readonly failed: false } | { readonly failed: true; readonly failure: unknown };

function isRestarted({ restart = "permanent" }: ChildSpecification, { failed }: Ending): boolean {
  return restart === "permanent" || (restart === "transient" && failed);
}
