import {
  type Application,
  type RunningApplication,
  startSupervisor,
  systemTime,
  type Time,
  unixTimeMs,
} from "@kv/application";
import { type Crowd, type Kv, kv } from "@kv/kv";
import { type Address, formatAddress } from "./address.ts";
import { type DoorName, type DoorPlan, plannedDoors } from "./door.ts";
import {
  checkEnvironment,
  environment,
  longestDrainMs,
  type ServerEnvironment,
} from "./environment.ts";
import { serverChannel } from "./events.ts";
import { Hall } from "./hall.ts";
import { lineProtocol } from "./line/line-protocol.ts";
import { type Listener, startListener } from "./listener.ts";
import type { Protocol } from "./protocol.ts";
import { respProtocol } from "./resp/resp-protocol.ts";
import {
  type DoorCertificates,
  openDoorCertificates,
  watchDoorCertificates,
} from "./tls/door-certificates.ts";
import { inspectTls } from "./tls/inspect-tls.ts";
import { tlsFilesOf } from "./tls/tls-files.ts";

/**
 * How a port that cannot be had is tried again: three times in three seconds. A predecessor that was told to stop
 * lets go of its ports at once, so that is plenty, and whoever chose a busy port hears of it while he looks.
 */
export const defaultRebinding: Rebinding = { delayMs: 1000, times: 3 };

/**
 * All tries have to fall into this time, or they would never end: enough for a host name that is looked up in vain each
 * time. In milliseconds. A listener fails in no other way, so nothing else counts.
 */
const rebindingPeriodMs = 60_000;

/** What stopping may take beyond the time that connections have to drain, in milliseconds. */
const shutdownMarginMs = 1000;

const PROTOCOLS: Readonly<Record<DoorName, Protocol>> = { line: lineProtocol, resp: respProtocol };

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
  /** Where clients are counted in who have to wait when the process stands still; nowhere by default. */
  readonly crowd?: Crowd;
  /** What certificates are judged by; the machine's by default. */
  readonly unixClock?: () => number;
}

/** What kv-server offers to a program that runs it. */
export interface ServerApi {
  /** Where the line protocol is spoken now. */
  readonly address: Address;
  /** Where RESP is spoken now; `undefined` when it is not. */
  readonly respAddress: Address | undefined;
}

/** The front doors: TCP listeners that take clients' requests to the buckets. */
export const kvServer: Application<typeof environment, ServerApi> = {
  name: "kv-server",
  description: "The front doors: TCP servers that speak the line protocol and Redis' RESP.",
  dependencies: [kv],
  environment,
  channels: [serverChannel],
  // More than the listeners, whose time is more than that of their connections: each has to see the inner one end.
  shutdownMs: longestDrainMs + 2 * shutdownMarginMs,
  check: checkEnvironment,
  inspect: (values) => inspectTls(values, unixTimeMs()),
  start: (context) => {
    const buckets = context.use(kv);
    const { environment: values, signal } = context;
    return startServer(buckets, values, { signal, crowd: buckets.crowd });
  },
};

/**
 * Serves `buckets` as `values` say. When a port cannot be had after some tries, it rejects with the supervisor's
 * failure, whose cause is the `ServerError`; with `TLS_UNUSABLE` when the files of TLS cannot be used.
 */
export async function startServer(
  buckets: Kv,
  values: ServerEnvironment,
  options: StartOptions,
): Promise<RunningApplication<ServerApi>> {
  const { signal, rebinding = defaultRebinding, time = systemTime } = options;
  const { unixClock = unixTimeMs } = options;
  const files = tlsFilesOf(values);
  const { node } = buckets;
  const certificates =
    files && (await openDoorCertificates({ node, files, unixTimeMs: unixClock }));
  const hall = new Hall(values);
  const leave = options.crowd?.add(() => hall.waiting(time.nowMs()));
  const listeners = new Map<DoorName, Listener>();
  const open = async (door: DoorPlan): Promise<Listener> => {
    const listener = await startListener({
      kv: buckets,
      protocol: PROTOCOLS[door.name],
      door,
      environment: values,
      clock: () => time.nowMs(),
      hall,
      certificates,
    });
    listeners.set(door.name, listener);
    return listener;
  };
  const supervisor = await startSupervisor({
    name: "kv-server",
    strategy: "one-for-one",
    signal,
    time,
    intensity: { maxRestarts: rebinding.times, periodMs: rebindingPeriodMs },
    children: plannedDoors(values).map((door) => ({
      id: door.name,
      start: () => open(door),
      // Asked when it is stopped: a put shows.
      get shutdownMs() {
        return values.drainTimeoutMs + shutdownMarginMs;
      },
      restartDelayMs: rebinding.delayMs,
      retryFirstStart: true,
    })),
  });
  const closing = new AbortController();
  if (certificates !== undefined) {
    const current = (): DoorCertificates["current"] => certificates.current;
    const { signal: closed } = closing;
    void watchDoorCertificates(node, { current, unixTimeMs: unixClock, time, signal: closed });
  }
  return {
    api: apiOf(listeners),
    status: () => ({
      ...Object.fromEntries([...listeners].map(([name, each]) => [name, doorStatus(each)])),
      connections: hall.connections,
      connectionLimit: values.connectionLimit,
      ...(certificates === undefined ? {} : { tls: tlsStatus(certificates) }),
    }),
    reload: certificates && (() => certificates.reload()),
    finished: supervisor.finished,
    async [Symbol.asyncDispose]() {
      closing.abort();
      leave?.();
      closeAll(listeners.values());
      await supervisor[Symbol.asyncDispose]();
    },
  };
}

function apiOf(listeners: ReadonlyMap<DoorName, Listener>): ServerApi {
  return {
    get address() {
      const line = listeners.get("line");
      if (line === undefined) throw new Error("the supervisor starts its children first");
      return line.address;
    },
    get respAddress() {
      return listeners.get("resp")?.address;
    },
  };
}

/** All doors close at once. The supervisor, which waits for one after the other, tells of what fails there. */
function closeAll(listeners: Iterable<Listener>): void {
  for (const listener of listeners) {
    listener[Symbol.asyncDispose]().then(undefined, () => undefined);
  }
}

function doorStatus({ address, connections }: Listener): object {
  return { address: formatAddress(address), connections };
}

function tlsStatus({ current, clientCertificates }: DoorCertificates): object {
  const { subject, expiresAtMs } = current;
  return { certificate: subject, expiresAtMs, clientCertificates };
}
