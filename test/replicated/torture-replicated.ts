import { openRedisClusterStore } from "@kv/storage/redis-cluster";
import { startCluster } from "../../tools/replicated/start-cluster.ts";
import { allGoOn } from "./all-go-on.ts";
import type { WritersAudit } from "./audit-ledgers.ts";
import { CompetingWriters } from "./competing-writers.ts";
import { type FaultName, faults } from "./fault-deck.ts";
import { startWriterNodes } from "./writer-nodes.ts";

/**
 * Has servers with `appendonly no` lose a primary that starts again at once: it is empty, and its replicas follow it in that. Nearly all that its shard
 * acknowledged has to be lost: this is why such servers are refused.
 */
export async function tortureForgetful(): Promise<WritersAudit> {
  await using servers = await startCluster({ primaries: 3, replicas: 2 });
  const settings = ["CONFIG", "SET", "appendonly", "no"];
  await Promise.all(servers.servers.map(async (server) => await server.ask(settings)));
  await using nodes = await startWriterNodes(servers.addresses.slice(0, 3), [
    { name: "ann", storage: { allowAppendOnlyNo: true } },
  ]);
  await using writers = new CompetingWriters(nodes.ports);
  await writers.start();
  await allGoOn(writers);
  await servers.server(0).signal("SIGKILL");
  await servers.server(0).start();
  await servers.untilHealthy();
  return await writers.audit();
}

/**
 * Has a fault befall a new cluster of three primaries with two replicas each, under writers through two nodes, and compares what is there then with what was
 * acknowledged.
 */
export async function tortureReplicated(name: FaultName): Promise<WritersAudit> {
  await using servers = await startCluster({ primaries: 3, replicas: 2 });
  const addresses = servers.addresses.slice(0, 3);
  await using store = await openRedisClusterStore({ nodes: addresses });
  await using nodes = await startWriterNodes(addresses);
  await using writers = new CompetingWriters(nodes.ports);
  await writers.start();
  const goOn = async (): Promise<void> => {
    await allGoOn(writers);
  };
  await goOn();
  await faults[name]({ servers, store, goOn });
  await servers.untilHealthy();
  await goOn();
  return await writers.audit();
}
