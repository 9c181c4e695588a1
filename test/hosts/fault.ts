import type { HostCluster } from "./host-cluster.ts";
import type { Pair } from "./three-hosts.ts";

/** Something that comes between hosts, and goes again. */
export interface Fault {
  /** For people: `foo and bar cut off from each other`. */
  readonly text: string;
  /** Those that have reason to complain while it lasts. */
  readonly pairs: readonly Pair[];
  impose(cluster: HostCluster): Promise<void> | void;
  /** Resolves when the fault has shown what it is for; rejects when it does not. */
  endure(cluster: HostCluster): Promise<void>;
  heal(cluster: HostCluster): Promise<void> | void;
}
