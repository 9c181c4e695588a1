import { after, before, suite } from "node:test";
import { testStore } from "@kv/storage/conformance";
import { ReplicatedStore } from "@kv/storage/redis-cluster";
import { openCluster } from "../../libs/storage/src/redis-cluster/cluster/open-cluster.ts";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";

const PRIMARIES = 3;

/** What a bucket does is tried a hundred times on one server; every step waits for replicas here. */
const SEQUENCES = 20;

/** The contract on servers that share the slots, and with writes that wait for replicas. */
suite("the replicated engine on a cluster", { skip: withoutServer }, () => {
  let servers: LocalCluster;
  before(async () => {
    servers = await startCluster({ primaries: PRIMARIES, replicas: 1 });
  });
  after(async () => {
    await servers[Symbol.asyncDispose]();
  });

  testStore(
    "ReplicatedStore",
    async ({ clock }) => {
      for (const server of servers.servers.slice(0, PRIMARIES)) await server.ask(["FLUSHALL"]);
      const cluster = await openCluster({ nodes: servers.addresses });
      return new ReplicatedStore({ cluster, clock });
    },
    SEQUENCES,
  );
});
