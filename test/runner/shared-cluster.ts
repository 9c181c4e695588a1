import { clusterVariable } from "../harness/tier.ts";
import { withoutServer } from "../../tools/replicated/server-program.ts";
import { startCluster } from "../../tools/replicated/start-cluster.ts";
import type { Preparation } from "./suites.ts";

/** A cluster for all files of a suite, one after the other: to start one takes as long as many of those files. */
export async function sharedCluster(): Promise<Preparation> {
  // The files say themselves that the servers are not there.
  if (withoutServer !== false) return { variables: {}, [Symbol.asyncDispose]: async () => {} };
  const cluster = await startCluster({ primaries: 3, replicas: 1 });
  return {
    variables: { [clusterVariable]: cluster.addresses.join(",") },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
