import {
  type Application,
  type RunningApplication,
  startSupervisor,
  systemTime,
} from "@kv/application";
import { type Kv, kv } from "@kv/kv";
import type { Address } from "./address.ts";
import { checkEnvironment, environment, type ServerEnvironment } from "./environment.ts";
import { lineProtocol } from "./line/line-protocol.ts";
import { type Listener, startListener } from "./listener.ts";

/** Pause before a port that could not be bound is tried again, in milliseconds. */
const rebindDelayMs = 250;

/** What stopping may take beyond the time that connections have to drain, in milliseconds. */
const shutdownMarginMs = 1000;

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
  check: checkEnvironment,
  start: (context) => startServer(context.use(kv), context.environment, context.signal),
};

/**
 * Serves `buckets` as `values` say. When the port cannot be had after some tries, it rejects with the supervisor's
 * failure, whose cause is the `ServerError`.
 */
export async function startServer(
  buckets: Kv,
  values: ServerEnvironment,
  signal: AbortSignal,
): Promise<RunningApplication<ServerApi>> {
  let listener: Listener | undefined;
  const startLine = async (): Promise<Listener> => {
    listener = await startListener({
      kv: buckets,
      protocol: lineProtocol,
      environment: values,
      clock: () => systemTime.nowMs(),
    });
    return listener;
  };
  const supervisor = await startSupervisor({
    name: "kv-server",
    strategy: "one-for-one",
    signal,
    children: [
      {
        id: "line",
        start: startLine,
        shutdownMs: values.drainTimeoutMs + shutdownMarginMs,
        restartDelayMs: rebindDelayMs,
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
    finished: supervisor.finished,
    [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
  };
}
