export { ReplicatedStore, type ReplicatedStoreOptions } from "./buckets/replicated-store.ts";
export type { ClusterOptions } from "./cluster/cluster-options.ts";
export { CLUSTER_DEFAULTS } from "./cluster/cluster-options.ts";
export type {
  ClusterStatus,
  NodeStatus,
  PrimaryStatus,
  ReplicaStatus,
} from "./cluster/status/cluster-status.ts";
export type { ChangeLock, ChangeLockOptions, HeldLock } from "./change-lock/change-lock.ts";
export { openRedisClusterStore, type RedisClusterStore } from "./open-redis-cluster-store.ts";
export type {
  Cluster,
  Parameter,
  Reply,
  Script,
  SlotView,
  WriteCall,
  Written,
} from "./cluster/cluster.ts";
export { openSingleServer, type SingleServer } from "./testing/single-server.ts";
