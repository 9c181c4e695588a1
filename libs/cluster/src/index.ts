export type { Cluster, NodeEvent } from "./cluster.ts";
export {
  ClusterError,
  type ClusterErrorCode,
  type ClusterFailures,
  isClusterError,
} from "./errors.ts";
export { clusterChannel, type ClusterEvent } from "./events.ts";
export type { RandomBytes } from "./handshake/identity.ts";
export { isolatedCluster } from "./isolated-cluster.ts";
export { defaultLimits, type Limits } from "./limits.ts";
export type { Call } from "./link/call.ts";
export { type DownReason, downText } from "./link/down-reason.ts";
export type { ServedCall } from "./link/served-call.ts";
export {
  type Acceptor,
  type DialledListener,
  type Listening,
  type Network,
  type Place,
  placeText,
  type Stream,
  type StreamEnd,
  type StreamListener,
} from "./network/network.ts";
export { nodeScheduler, type Scheduler } from "./network/scheduler.ts";
export type { TlsMaterial, TlsSource } from "./network/tls-material.ts";
export {
  folderOfNode,
  hostOf,
  isNodeReference,
  localNodeName,
  type NameKind,
  nameKindOf,
  type NodeName,
  parseCompleteName,
  parseNodeName,
  shortHostName,
} from "./node-name.ts";
export { type ClusterOptions, openCluster } from "./open-cluster.ts";
export type { Address } from "./place/node-places.ts";
export { defaultSocketDirectory, nodeSocketPath } from "./place/socket-directory.ts";
export { type Refusal, refusalText } from "./refusal.ts";
export { defaultTiming, type Timing } from "./timing.ts";
