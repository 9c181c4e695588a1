export { ReplicatedStore, type ReplicatedStoreOptions } from "./buckets/replicated-store.ts";
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
