import type { ConfigurationSources } from "../configuration/load-configuration.ts";
import { loadConfiguration } from "../configuration/load-configuration.ts";
import { LogOutput } from "../logger/log-output.ts";
import { createLogger } from "../logger/logger.ts";
import { isEvaluatedPromise } from "../evaluate/evaluated-promises.ts";
import { applicationChannel, emit } from "../events.ts";
import { failureReason } from "../operating-failure.ts";
import { planSystem, type SystemApplication } from "../plan.ts";
import { startSystem } from "../system/start-system.ts";
import type { System } from "../system/system.ts";
import { systemTime, type Time } from "../time.ts";
import { abruptEnding, type Ending, failureEnding, orderlyEnding, unwellEnding } from "./ending.ts";
import { holdEventLoop } from "./hold-event-loop.ts";
import type { HostProcess } from "./host-process.ts";
import { ReloadRequests } from "./reload-requests.ts";
import { listenForSignals } from "./signals.ts";

/** What to run, where its configuration comes from, and in which process. */
export interface RunOptions {
  /** Without the logger, which is added as the first. */
  readonly applications: readonly SystemApplication[];
  readonly configuration: Omit<ConfigurationSources, "applications">;
  /** Diagnostics channels whose events are logged, beside those that the applications name and this package's own. */
  readonly channels?: readonly string[] | undefined;
  readonly process: HostProcess;
  readonly time?: Time | undefined;
  /** Told of the system once all of it runs. */
  readonly onStart?: ((system: System) => void) | undefined;
  /**
   * Runs beside the system once all of that runs. When it resolves the system stops in order: with exit code 1 for `false`. It is told by
   * its signal when the system stops for another reason, and is waited for.
   */
  readonly shell?: ((system: System, signal: AbortSignal) => Promise<boolean>) | undefined;
}

/**
 * The boundary between a system and its process: loads the configuration, runs the applications with a logger before
 * them, and ends the process when they have ended. The last crash boundary there is.
 *
 * SIGINT and SIGTERM stop in order, and SIGHUP where a terminal went away, also in the middle of a start: exit code 0, or 1 when something failed to stop, or
 * did not in time; standard error is told what. A second signal, from one second after the first on, ends the process
 * at once: 128 and the signal's number. A configuration that cannot be used: 78. Any other failure, exceptions and
 * rejections that nobody caught among them, but for those of code that operators evaluate: 1. Standard error is told an operating failure in its own words, a bug
 * with its stack.
 *
 * SIGHUP of a process that is on no terminal has the applications read their files anew.
 *
 * Holds the event loop until then: a system need not hold a socket to go on.
 *
 * Resolves with the exit code, where `process.exit` returns.
 */
export async function runSystem(options: RunOptions): Promise<number> {
  const { process: host, time = systemTime } = options;
  const abrupt = Promise.withResolvers<Ending>();
  const stop = new AbortController();
  const reloads = new ReloadRequests();
  const stopListening = listenForSignals(host, time, {
    onStop: () => stop.abort(),
    onInsist: (signal) => abrupt.resolve(abruptEnding(signal)),
    onReload: () => reloads.request(),
  });
  const onCrash = (failure: unknown): void => abrupt.resolve(failureEnding(failure));
  host.on("uncaughtException", onCrash);
  const onRejection = (failure: unknown, promise: unknown): void => {
    if (isEvaluatedPromise(promise)) tellOfRejection(failure);
    else onCrash(failure);
  };
  host.on("unhandledRejection", onRejection);
  const release = holdEventLoop(time);
  const { code, text } = await Promise.race([
    abrupt.promise,
    live(options, { signal: stop.signal, reloads }),
  ]);
  await sayLastWords(host, text, time);
  host.exit(code);
  release();
  stopListening();
  host.off("uncaughtException", onCrash);
  host.off("unhandledRejection", onRejection);
  return code;
}

/** What an operator has typed fails when nobody waits for it any more: the node goes on. */
function tellOfRejection(failure: unknown): void {
  const message = `A promise of code that an operator has evaluated was rejected, and nobody waits for it: ${failureReason(failure)}`;
  emit({ level: "warn", type: "evaluated-rejection", message });
}

/** What is asked of a system from outside. */
interface Wishes {
  /** Aborted when it is to stop. */
  readonly signal: AbortSignal;
  readonly reloads: ReloadRequests;
}

/** A system's life from its configuration to its end. */
async function live(options: RunOptions, { signal, reloads }: Wishes): Promise<Ending> {
  try {
    await using system = await boot(options, signal);
    const ending = new AbortController();
    const stop = (): void => {
      ending.abort();
      void system[Symbol.asyncDispose]();
    };
    signal.addEventListener("abort", stop, { once: true });
    reloads.serve(system);
    options.onStart?.(system);
    if (signal.aborted) stop();
    const shell = beside(options, { system, signal: ending.signal, stop });
    // It is heard of below, once the system has stopped.
    shell.catch(() => {});
    const exit = await system.finished;
    ending.abort();
    const isWell = await shell;
    if (exit.type !== "stopped") return failureEnding(exit.error);
    return isWell ? orderlyEnding : unwellEnding;
  } catch (failure) {
    const isAskedFor = signal.aborted && failure === signal.reason;
    return isAskedFor ? orderlyEnding : failureEnding(failure);
  }
}

/** The shell, if there is to be one: the system does not go on without it. */
async function beside(
  { shell }: RunOptions,
  life: { readonly system: System; readonly signal: AbortSignal; readonly stop: () => void },
): Promise<boolean> {
  if (shell === undefined) return true;
  try {
    return await shell(life.system, life.signal);
  } finally {
    life.stop();
  }
}

async function boot(options: RunOptions, signal: AbortSignal): Promise<System> {
  const { process: host, time } = options;
  const named = planSystem(options.applications).flatMap(
    ({ application }) => application.channels ?? [],
  );
  const channels = [...new Set([applicationChannel, ...named, ...(options.channels ?? [])])];
  const logger = createLogger({ channels, stdout: host.stdout, stderr: host.stderr, time });
  const applications = [
    { application: logger, mode: "permanent" } as const,
    ...options.applications,
  ];
  const configuration = await loadConfiguration({ ...options.configuration, applications });
  return await startSystem({ applications, configuration, signal, time });
}

/** Also waits for what is left of the log: the process is about to end. */
async function sayLastWords(
  { stdout, stderr }: HostProcess,
  text: string | undefined,
  time: Time,
): Promise<void> {
  const errors = new LogOutput(stderr, time);
  const log = new LogOutput(stdout, time);
  if (text !== undefined) errors.write(`${text}\n`);
  await Promise.all([errors[Symbol.asyncDispose](), log[Symbol.asyncDispose]()]);
}
