import type { Store } from "../store.ts";
import { ReplicatedStore } from "./buckets/replicated-store.ts";
import {
  type ChangeLock,
  type ChangeLockOptions,
  type HeldLock,
  takeChangeLock,
} from "./change-lock/change-lock.ts";
import type { ClusterOptions } from "./cluster/cluster-options.ts";
import { openCluster } from "./cluster/open-cluster.ts";
import type { ClusterStatus } from "./cluster/status/cluster-status.ts";

/** A store whose buckets lie in a cluster. */
export interface RedisClusterStore extends Store {
  /** How the cluster is, as this node sees it: its servers are asked. */
  clusterStatus(): Promise<ClusterStatus>;
  /** The right to change the cluster, or who has it; see {@link takeChangeLock}. */
  lockChanges(options: ChangeLockOptions): Promise<ChangeLock | HeldLock>;
}

/**
 * Opens the store that lies in a cluster of Redis or Valkey servers; where none of them can be reached it opens all the same, and rejects what is asked of it with
 * `STORAGE_UNAVAILABLE` until one can. Rejects with `STORAGE_INACCESSIBLE` where the servers are set up so that acknowledged
 * writes would be lost.
 */
export async function openRedisClusterStore(options: ClusterOptions): Promise<RedisClusterStore> {
  const cluster = await openCluster(options);
  return Object.assign(new ReplicatedStore({ cluster }), {
    clusterStatus: (): Promise<ClusterStatus> => cluster.status(),
    lockChanges: (lock: ChangeLockOptions) => lockChanges(options, lock),
  });
}

/**
 * On connections of its own that wait for no copy: a shard without one takes no writes as buckets need them, and is changed in order to get one. Should its
 * copy not have it, the lock is taken again with the next renewal.
 */
async function lockChanges(
  options: ClusterOptions,
  lock: ChangeLockOptions,
): Promise<ChangeLock | HeldLock> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(
    await openCluster({ ...options, durability: "primary", allowAppendOnlyNo: true }),
  );
  const taken = await takeChangeLock(cluster, lock);
  if (!("lost" in taken)) return taken;
  stack.use(taken);
  const kept = stack.move();
  return { lost: taken.lost, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
