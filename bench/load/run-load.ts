import { drawKeys, eachKeyOnce } from "../data/draw-keys.ts";
import type { Traffic } from "../data/traffic.ts";
import { readCpuTimeUs } from "../measure/cpu-time.ts";
import { Histogram } from "../measure/histogram.ts";
import type { Measurement } from "../measure/measurement.ts";
import { LoadConnection, type SharedLoad } from "./load-connection.ts";
import { type Login, type Protocol, type ProtocolName, protocols } from "./protocols.ts";
import { buildRequests } from "./request-pool.ts";

/** The server that a load goes to. */
export interface LoadTarget {
  readonly port: number;
  /** Whose time on the CPU is measured. */
  readonly pid: number;
  /** The process of the node that passes the requests on to that one, if there is such a node. */
  readonly frontPid?: number | undefined;
  readonly protocol: ProtocolName;
  /** Who all connections log in as; without it they do not. */
  readonly login?: Login | undefined;
}

const READ_BUFFER_BYTES = 64 * 2 ** 10;

/** Requests that are made beforehand and sent in turn: enough that uniform access hardly repeats itself. */
const POOL = { least: 2 ** 15, most: 2 ** 18 } as const;

/** The traffic runs for so much of its time before it is measured: new connections come all at once. */
const RAMP_SHARE = 0.2;

/** A reply that comes later than this after the end of the traffic does not come. */
const PATIENCE_MS = 60_000;

/** Sends `traffic` to a server and measures it. Rejects when a reply is not the one that was asked for. */
export async function runLoad(target: LoadTarget, traffic: Traffic): Promise<Measurement> {
  const { keys, access, seed } = traffic;
  const drawn = drawKeys(keys, access, { count: poolCount(traffic), seed });
  using load = await openLoad(target, traffic, drawn);
  return await measure(target, traffic, load);
}

/**
 * Gets each key that `traffic` may ask for once, so that a cache holds what it can hold of them. Rejects when one of them is
 * not there.
 */
export async function runSweep(target: LoadTarget, traffic: Traffic): Promise<void> {
  const drawn = eachKeyOnce(traffic.keys, traffic.access);
  using load = await openLoad(target, { ...traffic, operation: "get" }, drawn);
  const share = Math.ceil(drawn.length / load.connections.length);
  await Promise.all(load.connections.map((connection) => connection.run(share)));
  assertNoMisses(load.connections);
}

function poolCount({ access, keys }: Traffic): number {
  return access.type === "hot" ? POOL.least : Math.min(Math.max(keys, POOL.least), POOL.most);
}

interface OpenLoad extends Disposable {
  readonly shared: SharedLoad;
  readonly connections: readonly LoadConnection[];
}

async function openLoad(
  { port, protocol: name, login }: LoadTarget,
  { connections: count, pipeline, operation, seed }: Traffic,
  drawn: Uint32Array,
): Promise<OpenLoad> {
  const protocol: Protocol = protocols[name];
  const shared: SharedLoad = {
    port,
    requests: buildRequests(protocol.grammar, { operation, drawn, seed }),
    login: login === undefined ? undefined : protocol.logIn(login),
    countReplies: () => protocol.countReplies(operation),
    pipeline,
    latencies: new Histogram(),
    readBuffer: new Uint8Array(READ_BUFFER_BYTES),
    isOver: false,
  };
  // Each begins elsewhere in the pool, so that they do not ask for the same keys at the same time.
  const apart = Math.floor(drawn.length / count);
  using stack = new DisposableStack();
  const open = async (first: number): Promise<LoadConnection> => {
    const connection = await LoadConnection.open(shared, first);
    stack.defer(() => connection.close());
    return connection;
  };
  // The first one alone: a server that has verified a password once need not do it for all connections at a time.
  const first = await open(0);
  const others = Array.from({ length: count - 1 }, (_, at) => open((at + 1) * apart));
  const connections = [first, ...(await Promise.all(others))];
  const closing = stack.move();
  return { shared, connections, [Symbol.dispose]: () => closing.dispose() };
}

async function measure(
  { pid, frontPid }: LoadTarget,
  { durationMs }: Traffic,
  { shared, connections }: OpenLoad,
): Promise<Measurement> {
  const read = (): Reading => readAll({ pid, frontPid }, connections);
  const replies = Promise.all(connections.map((connection) => connection.run()));
  await Promise.race([pause(durationMs * RAMP_SHARE), replies]);
  shared.latencies.clear();
  const before = read();
  await Promise.race([pause(durationMs), replies]);
  const after = read();
  const latencyUs = shared.latencies.percentiles();
  shared.isOver = true;
  await Promise.race([replies, pause(PATIENCE_MS).then(giveUp)]);
  assertNoMisses(connections);
  const { cpuUs, frontCpuUs } = after;
  return {
    operations: after.operations - before.operations,
    elapsedMs: after.atMs - before.atMs,
    cpuUs: cpuUs === undefined ? undefined : cpuUs - (before.cpuUs ?? Number.NaN),
    frontCpuUs:
      frontCpuUs === undefined ? undefined : frontCpuUs - (before.frontCpuUs ?? Number.NaN),
    latencyUs,
    generatorCpuUs: after.generatorCpuUs - before.generatorCpuUs,
    cacheHits: undefined,
  };
}

/** All that is counted, at one moment. */
interface Reading {
  readonly atMs: number;
  readonly operations: number;
  readonly cpuUs: number | undefined;
  readonly frontCpuUs: number | undefined;
  readonly generatorCpuUs: number;
}

function readAll(
  { pid, frontPid }: Pick<LoadTarget, "pid" | "frontPid">,
  connections: readonly LoadConnection[],
): Reading {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    operations: sum(connections.map(({ answered }) => answered)),
    cpuUs: readCpuTimeUs(pid),
    frontCpuUs: frontPid === undefined ? undefined : readCpuTimeUs(frontPid),
    generatorCpuUs: user + system,
  };
}

/** Does not keep the process alive: whoever still waits for a reply does. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}

function giveUp(): never {
  throw new Error(`The server owes replies for ${PATIENCE_MS / 1_000} s`);
}

function assertNoMisses(connections: readonly LoadConnection[]): void {
  const misses = sum(connections.map((connection) => connection.misses));
  if (misses > 0) throw new Error(`The server lacks keys: ${misses} gets found nothing`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
