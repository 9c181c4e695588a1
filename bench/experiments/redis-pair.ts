import type { SyncMode } from "@kv/storage";
import type { Login } from "../load/protocols.ts";
import { killChild } from "../processes/workplace.ts";
import { assertToolKeys, fillPopulation, fillToolKeys } from "../redis/fill.ts";
import { findFreePort } from "../redis/free-port.ts";
import { RedisProcess } from "../redis/redis-process.ts";
import type { RedisPrograms } from "../redis/redis-programs.ts";
import { openRespClient, type RespClient } from "../redis/resp-client.ts";
import type { Bench } from "./experiment.ts";
import { readRssBytes } from "./memory.ts";
import { type Contender, contendersOf } from "./redis-contenders.ts";
import { type NodeSubject, startServer } from "./subject.ts";

/** How both servers are set up. */
export interface Mode {
  readonly name: string;
  readonly sync: SyncMode;
  /** Who everybody has to log in as; without it nobody has to. */
  readonly login?: Login;
}

/** A node and a redis-server in the same mode, with the same keys and values. */
export interface Pair extends AsyncDisposable {
  readonly mode: Mode;
  readonly contenders: readonly Contender[];
  readonly nodeResidentBytes: number;
  readonly redisMemory: RedisMemory;
  /** Throws when traffic that was to overwrite has added keys or removed some. */
  assertSameKeys(): Promise<void>;
}

/** What Redis takes for the population: in use by its own account, and given by the system; above those of an empty one. */
export interface RedisMemory {
  readonly usedBytes: number;
  readonly residentBytes: number;
}

/** Starts both, and fills them: the node with a copy of the population, Redis through RESP. */
export async function startPair(bench: Bench, redis: RedisPrograms, mode: Mode): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const { keys, toolKeys } = bench.scale.redis;
  const node = stack.use(await startServer(bench, { ...mode, keys }));
  const nodeResidentBytes = readRssBytes(node.pid);
  const resp = await node.speak("resp");
  const nodeClient = stack.use(await openRespClient(resp.target.port, mode.login));
  const server = await startRedis(bench, redis, mode);
  stack.defer(() => killChild(server.child));
  const redisClient = stack.use(await server.connect());
  const redisMemory = await fillAndWeigh(bench, server, redisClient);
  const clients = [nodeClient, redisClient];
  for (const client of clients) await fillToolKeys(client, toolKeys);
  const closing = stack.move();
  return {
    mode,
    contenders: contendersOf(bench, redis, {
      node,
      resp,
      redis: redisSubject(bench, server, mode),
    }),
    nodeResidentBytes,
    redisMemory,
    assertSameKeys: async () => {
      for (const client of clients) await assertToolKeys(client, toolKeys);
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

async function startRedis(
  { workplace }: Bench,
  { server: program }: RedisPrograms,
  { sync, login }: Mode,
): Promise<RedisProcess> {
  const port = await findFreePort();
  const directory = workplace.newPath("redis");
  const server = new RedisProcess({ program, directory, port, sync, login });
  workplace.adopt(server.child);
  return server;
}

async function fillAndWeigh(
  { scale, progress }: Bench,
  server: RedisProcess,
  client: RespClient,
): Promise<RedisMemory> {
  const before = { used: await usedBytes(client), resident: readRssBytes(server.pid) };
  await server.whileRunning(
    fillPopulation(client, scale.redis.keys, (share) =>
      progress.tellShare("filling redis-server", share),
    ),
  );
  return {
    usedBytes: (await usedBytes(client)) - before.used,
    residentBytes: readRssBytes(server.pid) - before.resident,
  };
}

/** What Redis counts as in use, its `used_memory`. */
async function usedBytes(client: RespClient): Promise<number> {
  const told = /^used_memory:(?<bytes>\d+)\r?$/mu.exec(String(await client.ask("INFO", "memory")));
  return Number(told?.groups?.["bytes"]);
}

function redisSubject({ load }: Bench, server: RedisProcess, { login }: Mode): NodeSubject {
  const target = { port: server.port, pid: server.pid, protocol: "resp", login } as const;
  return {
    target,
    measure: (traffic) => server.whileRunning(load.call("run", { target, traffic })),
    sweep: (traffic) => server.whileRunning(load.call("sweep", { target, traffic })),
  };
}
