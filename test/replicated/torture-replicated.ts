import { openRedisClusterStore } from "@kv/storage/redis-cluster";
import { startCluster } from "../../tools/replicated/start-cluster.ts";
import { allGoOn } from "./all-go-on.ts";
import type { WritersAudit } from "./audit-ledgers.ts";
import { CompetingWriters } from "./competing-writers.ts";
import { type FaultName, faults } from "./fault-deck.ts";

/**
 * Has a fault befall a new cluster of three primaries with two replicas each, under writers through two stores, and compares what is there then with what was
 * acknowledged.
 */
export async function tortureReplicated(name: FaultName): Promise<WritersAudit> {
  await using servers = await startCluster({ primaries: 3, replicas: 2 });
  const nodes = servers.addresses.slice(0, 3);
  await using one = await openRedisClusterStore({ nodes });
  await using two = await openRedisClusterStore({ nodes });
  const writers = new CompetingWriters([one, two]);
  await writers.start();
  const goOn = async (): Promise<void> => {
    await allGoOn(writers);
  };
  await goOn();
  await faults[name]({ servers, store: one, goOn });
  await servers.untilHealthy();
  await goOn();
  return await writers.audit();
}
