import { after } from "node:test";
import { LineClient } from "./line-client.ts";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";

/**
 * Whether the nodes of this test are to keep their buckets in a cluster: `KV_TEST_TIER=replicated`. What clients see has to be the
 * same.
 */
export const isReplicated = process.env["KV_TEST_TIER"] === "replicated";

/** The variable that names the servers of a cluster which several test files use, one after the other. */
export const clusterVariable = "KV_TEST_CLUSTER";

let cluster: Promise<LocalCluster> | undefined;

if (isReplicated) {
  after(async () => {
    await (await cluster)?.[Symbol.asyncDispose]();
  });
}

/** Some servers of the cluster of this test file, which is empty now. */
export async function emptyCluster(): Promise<readonly string[]> {
  const shared = process.env[clusterVariable];
  if (shared !== undefined) {
    const addresses = shared.split(",");
    await Promise.all(addresses.map(async (address) => await flush(address)));
    return addresses;
  }
  cluster ??= startCluster({ primaries: 3, replicas: 1 });
  const { servers, addresses } = await cluster;
  await Promise.all(
    servers.map(async (server) => {
      const role = await server.ask(["ROLE"]);
      if (Array.isArray(role) && role[0] === "master") await server.ask(["FLUSHALL"]);
    }),
  );
  return addresses;
}

/** Removes everything; a replica refuses, and follows its primary. */
async function flush(address: string): Promise<void> {
  const port = Number(address.slice(address.lastIndexOf(":") + 1));
  await using client = await LineClient.connect(port);
  const answer = await client.ask("FLUSHALL", 1);
  const isExpected = answer[0] === "+OK" || answer[0]?.startsWith("-READONLY") === true;
  if (!isExpected) throw new Error(`${address} answers ${answer.join()}`);
}
