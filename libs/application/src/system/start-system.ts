import type {
  AnyApplication,
  Application,
  ApplicationContext,
  RunningApplication,
} from "../application.ts";
import type { Configuration, ConfigurationSection } from "../configuration/configuration.ts";
import type { EnvironmentDeclaration, EnvironmentValues } from "../environment.ts";
import { ApplicationError, isApplicationError } from "../errors.ts";
import { emit } from "../events.ts";
import { failureReason } from "../operating-failure.ts";
import { isStarted, planSystem, type SystemApplication } from "../plan.ts";
import type { StopFailure } from "../stop-failure.ts";
import { startChild } from "../supervisor/start-child.ts";
import { stopChild } from "../supervisor/stop-child.ts";
import { systemTime, type Time } from "../time.ts";
import { inspectAll } from "./inspect-all.ts";
import { LiveEnvironment } from "./live-environment.ts";
import type { FetchedValue, ReloadFailure, StatusSection } from "./live-system.ts";
import { reloadAll } from "./reload-all.ts";
import type { System, SystemExit } from "./system.ts";

/** How long an application may take to stop when it does not say, in milliseconds. */
const defaultShutdownMs = 30_000;

/** What to run, and configured how. */
export interface SystemOptions {
  readonly applications: readonly SystemApplication[];
  /** Made for the same applications. */
  readonly configuration: Configuration;
  /** Gives up the start when it is aborted; has no meaning afterwards. */
  readonly signal?: AbortSignal | undefined;
  readonly time?: Time | undefined;
}

/**
 * Starts applications in the order of `planSystem`, after all of them have inspected what they will need: what is wrong
 * there is thrown as `CONFIG_INVALID`, and nothing was started. When one fails to start, or one ends meanwhile that the system
 * cannot be without, those that run are stopped in reverse and `APPLICATION_FAILED` is thrown, with the failure as
 * its cause. Throws also what `planSystem` throws, and the reason of `signal`; or `STOP_FAILED` when `signal` gives up
 * the start and something does not stop as it should.
 *
 * Afterwards a *permanent* application that ends takes the system down, a *transient* one only when it failed, a
 * *temporary* one never. What depends on an application that ended and is not missed goes on.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const system = new RunningSystem(options);
  await system.start(options.signal);
  return system;
}

interface Running extends SystemApplication {
  readonly child: RunningApplication<unknown>;
}

class RunningSystem implements System {
  readonly #plan: readonly SystemApplication[];
  readonly #time: Time;
  readonly #environments: ReadonlyMap<string, LiveEnvironment>;
  readonly #exit = Promise.withResolvers<SystemExit>();
  readonly #givenUp = new AbortController();
  /** In start order. */
  readonly #running: Running[] = [];
  /** The stops of those that ended by themselves and are not missed. */
  #leaving: Promise<unknown> = Promise.resolve();
  readonly #stopFailures: StopFailure[] = [];
  #reloading: Promise<unknown> = Promise.resolve();
  #isStarted = false;
  #stopping: Promise<void> | undefined;

  constructor({ applications, configuration, time = systemTime }: SystemOptions) {
    this.#plan = planSystem(applications);
    this.#time = time;
    this.#environments = new Map(
      this.#plan.map(({ application }) => {
        const section = configuration.sections.get(application.name);
        if (section === undefined) throw new Error(`${application.name} is not configured`);
        return [application.name, new LiveEnvironment(application, section)];
      }),
    );
  }

  get finished(): Promise<SystemExit> {
    return this.#exit.promise;
  }

  get applications(): readonly string[] {
    return this.#plan.map(({ application }) => application.name);
  }

  async start(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const giveUp = (): void => this.#givenUp.abort(signal?.reason);
    signal?.addEventListener("abort", giveUp);
    const startedMs = this.#time.nowMs();
    try {
      const started = this.#plan.filter(({ mode }) => isStarted(mode));
      await inspectAll(started, (application) => this.#environments.get(application.name));
      this.#givenUp.signal.throwIfAborted();
      for (const each of started) await this.#startOne(each);
      this.#givenUp.signal.throwIfAborted();
      this.#isStarted = true;
      const applications = this.#running.map(({ application }) => application.name);
      const tookMs = this.#time.nowMs() - startedMs;
      const message = `Started ${applications.join(", ")} in ${tookMs} ms`;
      emit({ level: "info", message, type: "system-started", applications, tookMs });
    } catch (error) {
      const { aborted, reason } = this.#givenUp.signal;
      const failure: unknown = aborted ? reason : error;
      await this.#stop({ type: "stopped" });
      const isAskedFor = signal?.aborted === true && failure === signal.reason;
      throw (isAskedFor ? this.#stopFailure() : undefined) ?? failure;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop({ type: "stopped" });
  }

  getEnv(application: string, key: string): unknown {
    return this.entries(application)?.get(key)?.raw;
  }

  fetchEnv(application: string, key: string): FetchedValue {
    const entry = this.entries(application)?.get(key);
    return entry === undefined ? { type: "missing" } : { type: "found", value: entry.raw };
  }

  putEnv(application: string, key: string, value: unknown): void {
    const environment = this.#environments.get(application);
    if (environment === undefined) {
      const known = [...this.#environments.keys()];
      throw new ApplicationError("ENVIRONMENT_UNKNOWN", { name: `${application}.${key}`, known });
    }
    environment.put(key, value);
    const message = `${application}.${key} was put`;
    emit({ level: "info", message, type: "environment-put", application, key });
  }

  environment<Declaration extends EnvironmentDeclaration, Api>(
    application: Application<Declaration, Api>,
  ): EnvironmentValues<Declaration> {
    const live = this.#environments.get(application.name);
    if (live === undefined) throw new Error(`${application.name} is not in this system`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schemas of this very declaration made them
    return live.values as EnvironmentValues<Declaration>;
  }

  entries(application: string): ConfigurationSection | undefined {
    return this.#environments.get(application)?.entries;
  }

  api<Declaration extends EnvironmentDeclaration, Api>(
    application: Application<Declaration, Api>,
  ): Api {
    const running = this.#running.find((each) => each.application === application);
    if (running === undefined) {
      throw new ApplicationError("APPLICATION_NOT_RUNNING", { application: application.name });
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the start of this very application made
    return running.child.api as Api;
  }

  status(): Readonly<Record<string, StatusSection>> {
    return Object.fromEntries(
      this.#running.flatMap(({ application, child }) =>
        child.status === undefined ? [] : [[application.name, child.status()]],
      ),
    );
  }

  reload(): Promise<readonly ReloadFailure[]> {
    const reloading = this.#reloading.then(() => {
      return this.#stopping === undefined ? reloadAll(this.#running) : [];
    });
    this.#reloading = reloading;
    return reloading;
  }

  async #startOne({ application, mode }: SystemApplication): Promise<void> {
    const { name, shutdownMs = defaultShutdownMs } = application;
    const startedMs = this.#time.nowMs();
    const terms = { name, signal: this.#givenUp.signal, shutdownMs, time: this.#time };
    const child = await startChild<RunningApplication<unknown>>(
      (signal) => application.start(this.#contextOf(application, signal)),
      terms,
    ).catch((cause: unknown) => {
      if (isApplicationError(cause, "STOP_FAILED"))
        this.#stopFailures.push(...cause.details.failures);
      if (this.#givenUp.signal.aborted) throw cause;
      // Whoever is thrown the failure tells of it.
      const message = `${name} did not start`;
      const type = "application-start-failed";
      emit({ level: "debug", message, type, application: name, failure: cause });
      throw failed(name, cause);
    });
    const running = { application, mode, child };
    this.#running.push(running);
    child.finished.then(
      () => this.#onEnd(running, undefined),
      (failure: unknown) => this.#onEnd(running, { failure }),
    );
    const tookMs = this.#time.nowMs() - startedMs;
    const message = `${name} started`;
    emit({ level: "debug", message, type: "application-started", application: name, tookMs });
  }

  #contextOf(
    application: AnyApplication,
    signal: AbortSignal,
  ): ApplicationContext<EnvironmentDeclaration> {
    return {
      environment: this.environment(application),
      system: this,
      signal,
      use: (dependency) => {
        if (application.dependencies.includes(dependency)) return this.api(dependency);
        throw new Error(
          `${application.name} does not declare that it depends on ${dependency.name}`,
        );
      },
    };
  }

  #onEnd(running: Running, ending: { readonly failure: unknown } | undefined): void {
    if (this.#stopping !== undefined) return;
    const { application, mode } = running;
    const { name } = application;
    const isMissed = mode === "permanent" || (mode === "transient" && ending !== undefined);
    const how = ending === undefined ? "ended" : `failed: ${failureReason(ending.failure)}`;
    const message = `${name} ${how}${isMissed ? "; stopping" : ""}`;
    const level = isMissed ? "error" : ending === undefined ? "info" : "warn";
    emit({ level, message, type: "application-ended", application: name, ...ending });
    if (!isMissed) {
      this.#running.splice(this.#running.indexOf(running), 1);
      this.#leaving = Promise.all([this.#leaving, this.#stopOne(running)]);
      return;
    }
    const error = ending?.failure ?? new ApplicationError("ENDED_UNASKED", { name });
    if (this.#isStarted) void this.#stop({ type: "failed", application: name, error });
    else this.#givenUp.abort(failed(name, error));
  }

  #stop(exit: SystemExit): Promise<void> {
    this.#stopping ??= this.#stopAll(exit);
    return this.#stopping;
  }

  #stopFailure(): ApplicationError<"STOP_FAILED"> | undefined {
    const failures = this.#stopFailures;
    return failures.length === 0 ? undefined : new ApplicationError("STOP_FAILED", { failures });
  }

  async #stopAll(exit: SystemExit): Promise<void> {
    for (let last = this.#running.pop(); last !== undefined; last = this.#running.pop()) {
      await this.#stopOne(last);
    }
    await this.#leaving;
    const error = exit.type === "stopped" ? this.#stopFailure() : undefined;
    this.#exit.resolve(error === undefined ? exit : { type: "stop-failed", error });
  }

  async #stopOne({ application, child }: Running): Promise<void> {
    const { name, shutdownMs = defaultShutdownMs } = application;
    const startedMs = this.#time.nowMs();
    const failures = await stopChild(child, { name, shutdownMs, time: this.#time });
    this.#stopFailures.push(...failures);
    if (failures.length > 0) return;
    const tookMs = this.#time.nowMs() - startedMs;
    const message = `${name} stopped`;
    emit({ level: "debug", message, type: "application-stopped", application: name, tookMs });
  }
}

function failed(application: string, cause: unknown): ApplicationError {
  return new ApplicationError("APPLICATION_FAILED", { application }, { cause });
}
