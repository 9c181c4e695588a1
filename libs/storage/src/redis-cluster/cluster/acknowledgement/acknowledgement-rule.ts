import type { NodeLine } from "../topology/node-line.ts";
import type { ReplicationReport } from "./replication-report.ts";

/**
 * What a write has to have reached before it counts as kept:
 *
 * - `live`: every replica of its primary that the cluster has not flagged as failed, and at least one;
 * - `one`: any one replica. Lost when the primary goes and another replica is elected;
 * - `primary`: nobody else. Lost when the primary goes before it has passed it on.
 */
export type Durability = "live" | "one" | "primary";

/** What one primary said on the connection of the write, in this order. */
export interface Evidence {
  /** The history it wrote before the write: told when the connection began, and never another one since. */
  readonly history: string;
  /** INFO replication behind the write: its offset covers the write. */
  readonly written: ReplicationReport;
  /** INFO replication behind the waiting. */
  readonly confirmed: ReplicationReport;
  /** CLUSTER REPLICAS of itself, behind that: its view of its copies. */
  readonly replicas: readonly NodeLine[];
}

/** What follows from the evidence. */
export type Verdict =
  /** The write is kept as was asked. */
  | { readonly type: "kept" }
  /** Not yet. Whoever has still to confirm may do so: ask again. */
  | { readonly type: "not-yet"; readonly reason: string }
  /** This server's history is not the one that the write went into: nothing it says can prove anything any more. */
  | { readonly type: "lost-track"; readonly reason: string };

/**
 * Judges whether a write is kept. Copies are told apart by their address, because a count can be met by the wrong ones: the replica that was
 * cut off together with its primary counts as much as one that will be elected.
 */
export function judge(durability: Durability, evidence: Evidence): Verdict {
  const { history, written, confirmed, replicas } = evidence;
  if (durability === "primary") return { type: "kept" };
  for (const report of [written, confirmed]) {
    if (!report.isPrimary) return { type: "lost-track", reason: "the primary was demoted" };
    if (report.history !== history) {
      return { type: "lost-track", reason: "the primary began another history" };
    }
  }
  const live = replicas.filter(({ isFailed }) => !isFailed);
  if (live.length === 0) return { type: "not-yet", reason: "the primary has no live replica" };
  const behind = live.filter(({ address }) => !hasConfirmed(confirmed, address, written.offset));
  const isMet = durability === "live" ? behind.length === 0 : behind.length < live.length;
  if (isMet) return { type: "kept" };
  const names = behind.map(({ address }) => address).join(", ");
  return { type: "not-yet", reason: `not confirmed by ${names}` };
}

/**
 * Whether a write that is sent now could be kept at all, by what the primary said last; else why not. Asked before a write is sent: what
 * is not sent surely did not happen.
 */
export function obstacle(
  durability: Durability,
  report: ReplicationReport,
  replicas: readonly NodeLine[],
): string | undefined {
  if (durability === "primary") return undefined;
  const live = replicas.filter(({ isFailed }) => !isFailed);
  if (live.length === 0) return "the primary has no live replica";
  const away = live.filter(({ address }) => !isFollowing(report, address));
  const isPossible = durability === "live" ? away.length === 0 : away.length < live.length;
  if (isPossible) return undefined;
  return `${away.map(({ address }) => address).join(", ")} does not follow the primary yet`;
}

function hasConfirmed(report: ReplicationReport, address: string, offset: number): boolean {
  return report.replicas.some(
    (replica) => replica.address === address && replica.isOnline && replica.offset >= offset,
  );
}

function isFollowing(report: ReplicationReport, address: string): boolean {
  return report.replicas.some((replica) => replica.address === address && replica.isOnline);
}
