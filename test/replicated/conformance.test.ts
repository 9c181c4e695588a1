import { after, before, suite } from "node:test";
import { testDurableStore, testStore } from "@kv/storage/conformance";
import { openSingleServer, ReplicatedStore } from "@kv/storage/redis-cluster";
import {
  type RedisServer,
  startRedisServer,
  withoutRedisServer,
} from "../redis/servers/redis-server.ts";

/** One server that has all slots: what the scripts do is the same on any number of them. */
suite("the buckets of the replicated engine", { skip: withoutRedisServer }, () => {
  let server: RedisServer;

  before(async () => {
    server = await startRedisServer(["cluster-enabled yes", "hash-max-listpack-entries 128"]);
    await using cluster = await openSingleServer(server.port);
    await cluster.send(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
    let state: unknown;
    while (!Buffer.isBuffer(state) || !state.includes("cluster_state:ok")) {
      state = await cluster.send(["CLUSTER", "INFO"]);
    }
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  testStore("ReplicatedStore", async ({ clock }) => {
    const cluster = await openSingleServer(server.port);
    await cluster.flush();
    return new ReplicatedStore({ cluster, clock });
  });

  testDurableStore("ReplicatedStore", async () => {
    const cleaner = await openSingleServer(server.port);
    await cleaner.flush();
    return {
      open: async ({ clock }) =>
        new ReplicatedStore({ cluster: await openSingleServer(server.port), clock }),
      [Symbol.asyncDispose]: () => cleaner[Symbol.asyncDispose](),
    };
  });
});
