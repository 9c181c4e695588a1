import { openSingleServer } from "@kv/storage/redis-cluster";
import { type RedisServer, startRedisServer } from "../redis/servers/redis-server.ts";

/** Starts one server in cluster mode that has all slots. */
export async function startWholeServer(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await startRedisServer(["cluster-enabled yes", ...settings]);
  await using cluster = await openSingleServer(server.port);
  await cluster.send(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
  let state: unknown;
  while (!Buffer.isBuffer(state) || !state.includes("cluster_state:ok")) {
    state = await cluster.send(["CLUSTER", "INFO"]);
  }
  return server;
}
