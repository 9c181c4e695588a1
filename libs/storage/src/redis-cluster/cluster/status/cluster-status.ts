import type { Durability } from "../acknowledgement/acknowledgement-rule.ts";

/** How the cluster is, as this node sees it. */
export interface ClusterStatus {
  /** As configured: where it begins to ask. */
  readonly seeds: readonly string[];
  readonly durability: Durability;
  /** Why nobody could be asked last; `undefined` when somebody answered. */
  readonly unreachable: string | undefined;
  /** How many of the 16384 slots a primary has. */
  readonly servedSlots: number;
  /** Those that have slots, by id in order. */
  readonly primaries: readonly PrimaryStatus[];
  /** Primaries without slots, and replicas of nobody that is a primary. */
  readonly others: readonly NodeStatus[];
  /** Writes that have no outcome yet. */
  readonly waitingWrites: number;
  /** What an operator should mend, each a sentence without a full stop. */
  readonly warnings: readonly string[];
}

/** One server. */
export interface NodeStatus {
  readonly id: string;
  readonly address: string;
  /** `suspected`: some node does not reach it. `failed`: the majority agreed on that. `silent`: it did not answer us. */
  readonly health: "ok" | "suspected" | "failed" | "silent";
}

/** A primary, and who copies it. */
export interface PrimaryStatus extends NodeStatus {
  readonly slots: number;
  readonly replicas: readonly ReplicaStatus[];
}

/** A replica, as its primary sees it. */
export interface ReplicaStatus extends NodeStatus {
  /** Whether it follows its primary; not so while it is given its first copy, or is away. */
  readonly isFollowing: boolean;
  /** How many bytes it has still to confirm; `undefined` when its primary did not say. */
  readonly lagBytes: number | undefined;
}
