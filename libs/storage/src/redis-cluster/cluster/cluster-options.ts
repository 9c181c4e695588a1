import type { Durability } from "./acknowledgement/acknowledgement-rule.ts";
import type { LinkTls } from "./connection/link-options.ts";
import type { Timing } from "./timing.ts";

/** Which cluster, and what is asked of it. */
export interface ClusterOptions {
  /** Where to begin to ask, as `host:port`: a few of its servers; the others are found. */
  readonly nodes: readonly string[];
  /** The servers' ACL user; `default` where only a password is given. */
  readonly username?: string;
  readonly password?: string;
  /** Connections are encrypted when it is given. Replication has to be, too, so that servers are known by one port. */
  readonly tls?: LinkTls;
  /** By default `live`. */
  readonly durability?: Durability;
  /** How long an operation may take, from its call; by default 8000. At least twice the servers' node timeout and 4 s. */
  readonly deadlineMs?: number;
  /** Whether replicas may answer a read that the primary does not, with data that may be old. By default not. */
  readonly staleReads?: boolean;
  /** Until a connection is made; by default 1000. */
  readonly connectTimeoutMs?: number;
  /** Uses servers with `appendonly no` all the same. By default they are refused. */
  readonly allowAppendOnlyNo?: boolean;
  readonly timing?: Timing;
}

/** All of it, with what was left out. */
export interface ChosenOptions {
  readonly durability: Durability;
  readonly deadlineMs: number;
  readonly staleReads: boolean;
  readonly connectTimeoutMs: number;
  readonly allowAppendOnlyNo: boolean;
}

/** What holds where nothing is said. */
export const CLUSTER_DEFAULTS: ChosenOptions = {
  durability: "live",
  deadlineMs: 8000,
  staleReads: false,
  connectTimeoutMs: 1000,
  allowAppendOnlyNo: false,
};
