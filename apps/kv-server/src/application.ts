import {
  type Application,
  type RunningApplication,
  startSupervisor,
  systemTime,
  type Time,
} from "@kv/application";
import { type Kv, kv } from "@kv/kv";
import { type Address, formatAddress } from "./address.ts";
import {
  checkEnvironment,
  environment,
  longestDrainMs,
  type ServerEnvironment,
} from "./environment.ts";
import { lineProtocol } from "./line/line-protocol.ts";
import { type Listener, startListener } from "./listener.ts";

/**
 * How a port that cannot be had is tried again: three times in three seconds. A predecessor that was told to stop
 * lets go of its port at once, so that is plenty, and whoever chose a busy port hears of it while he looks.
 */
export const defaultRebinding: Rebinding = { delayMs: 1000, times: 3 };

/**
 * All tries have to fall into this time, or they would never end: enough for a host name that is looked up in vain each
 * time. In milliseconds. A listener fails in no other way, so nothing else counts.
 */
const rebindingPeriodMs = 60_000;

/** What stopping may take beyond the time that connections have to drain, in milliseconds. */
const shutdownMarginMs = 1000;

/** How often, and after which pause, a port that could not be bound is tried again. */
export interface Rebinding {
  readonly delayMs: number;
  readonly times: number;
}

/** How the server is started. */
export interface StartOptions {
  /** Gives up the start when it is aborted. */
  readonly signal: AbortSignal;
  /** {@link defaultRebinding} by default. */
  readonly rebinding?: Rebinding;
  /** The machine's own by default. */
  readonly time?: Time;
}

/** What kv-server offers to a program that runs it. */
export interface ServerApi {
  /** Where the line protocol is spoken now. */
  readonly address: Address;
}

/** The front doors: TCP listeners that take clients' requests to the buckets. */
export const kvServer: Application<typeof environment, ServerApi> = {
  name: "kv-server",
  description: "The front door: a TCP server that speaks the line protocol.",
  dependencies: [kv],
  environment,
  // More than the listener, whose time is more than that of its connections: each has to see the inner one end.
  shutdownMs: longestDrainMs + 2 * shutdownMarginMs,
  check: checkEnvironment,
  start: (context) => startServer(context.use(kv), context.environment, { signal: context.signal }),
};

/**
 * Serves `buckets` as `values` say. When the port cannot be had after some tries, it rejects with the supervisor's
 * failure, whose cause is the `ServerError`.
 */
export async function startServer(
  buckets: Kv,
  values: ServerEnvironment,
  { signal, rebinding = defaultRebinding, time = systemTime }: StartOptions,
): Promise<RunningApplication<ServerApi>> {
  let listener: Listener | undefined;
  const startLine = async (): Promise<Listener> => {
    listener = await startListener({
      kv: buckets,
      protocol: lineProtocol,
      environment: values,
      clock: () => time.nowMs(),
    });
    return listener;
  };
  const supervisor = await startSupervisor({
    name: "kv-server",
    strategy: "one-for-one",
    signal,
    time,
    intensity: { maxRestarts: rebinding.times, periodMs: rebindingPeriodMs },
    children: [
      {
        id: "line",
        start: startLine,
        // Asked when it is stopped: a put shows.
        get shutdownMs() {
          return values.drainTimeoutMs + shutdownMarginMs;
        },
        restartDelayMs: rebinding.delayMs,
        retryFirstStart: true,
      },
    ],
  });
  return {
    api: {
      get address() {
        if (listener === undefined) throw new Error("the supervisor starts its children first");
        return listener.address;
      },
    },
    status: () => ({
      address: listener === undefined ? undefined : formatAddress(listener.address),
      connections: listener?.connections,
      connectionLimit: values.connectionLimit,
    }),
    finished: supervisor.finished,
    [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
  };
}
