import { after } from "node:test";
import { type LocalCluster, startCluster } from "../../tools/replicated/start-cluster.ts";

/**
 * Whether the nodes of this test are to keep their buckets in a cluster: `KV_TEST_TIER=replicated`. What clients see has to be the
 * same.
 */
export const isReplicated = process.env["KV_TEST_TIER"] === "replicated";

let cluster: Promise<LocalCluster> | undefined;

if (isReplicated) {
  after(async () => {
    await (await cluster)?.[Symbol.asyncDispose]();
  });
}

/** Some servers of the cluster of this test file, which is empty now. */
export async function emptyCluster(): Promise<readonly string[]> {
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
