import type { Child, ChildSpecification } from "../child.ts";
import { isApplicationError } from "../errors.ts";
import { emit } from "../events.ts";
import type { StopFailure } from "../stop-failure.ts";
import type { Time } from "../time.ts";
import { startChild } from "./start-child.ts";
import { defaultShutdownMs, stopChild } from "./stop-child.ts";

/** How a child ended by itself. */
export interface Ending {
  readonly child: Child;
  /** `undefined` when all is well; otherwise what `finished` rejected with. */
  readonly failed: { readonly failure: unknown } | undefined;
}

/** The place of one child in a supervisor, whichever of its lives it is in. */
export class ChildSlot {
  readonly specification: ChildSpecification;
  /** The supervisor's name and the child's own: `kv-server.listener`. */
  readonly name: string;
  readonly #time: Time;
  #child: Child | undefined;
  #starts = 0;
  #stopFailures: readonly StopFailure[] = [];

  constructor(supervisor: string, specification: ChildSpecification, time: Time) {
    this.specification = specification;
    this.name = `${supervisor}.${specification.id}`;
    this.#time = time;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  /** What went wrong at its last stop, or while a start was given up. */
  get stopFailures(): readonly StopFailure[] {
    return this.#stopFailures;
  }

  /** Whether `child` is the one that is here now: it was neither stopped nor replaced. */
  holds(child: Child): boolean {
    return this.#child === child;
  }

  /** Starts the child, or throws; `onEnd` is told when it ends by itself. */
  async start(signal: AbortSignal, onEnd: (ending: Ending) => void): Promise<void> {
    this.#starts++;
    const { name } = this;
    const { start, shutdownMs = defaultShutdownMs } = this.specification;
    const terms = { name, signal, shutdownMs, time: this.#time };
    const child = await startChild(start, terms).catch((failure: unknown) => {
      if (isApplicationError(failure, "STOP_FAILED")) this.#stopFailures = failure.details.failures;
      throw failure;
    });
    this.#child = child;
    emit({ level: "debug", message: `${name} started`, type: "child-started", child: name });
    child.finished.then(
      () => onEnd({ child, failed: undefined }),
      (failure: unknown) => onEnd({ child, failed: { failure } }),
    );
  }

  /** Stops the child when there is one; never throws: what went wrong is in `stopFailures`. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const { shutdownMs = defaultShutdownMs } = this.specification;
    const terms = { name: this.name, shutdownMs, time: this.#time };
    this.#stopFailures = await stopChild(child, terms);
  }
}
