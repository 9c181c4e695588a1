import { formatBytes, type NodeCommand } from "@kv/application";
import type { ClusterStatus } from "@kv/storage/redis-cluster";
import type { NodeKv } from "../../kv.ts";
import { counted } from "../counted.ts";
import { clusterOf } from "./cluster-of.ts";

const SLOTS = 16_384;

/** `cluster status`: primaries, replicas, slots, how far behind, and what should be mended. */
export const clusterStatusCommand: NodeCommand<NodeKv, ClusterStatus, never> = {
  name: "cluster status",
  summary: "Shows the cluster that holds the buckets: primaries, replicas, slots, lag, health",
  description:
    "As this node sees it. Exit code 1 when a slot is nobody's, or a server does not answer or is not in order.",
  where: "node",
  run: async ({ api }) => await clusterOf(api).status(),
  exitCode: (status) => (isInOrder(status) ? 0 : 1),
  format: formatStatus,
};

function isInOrder({ unreachable, servedSlots, primaries, others }: ClusterStatus): boolean {
  const servers = [...primaries, ...primaries.flatMap(({ replicas }) => replicas), ...others];
  const isFollowed = primaries.every(({ replicas }) =>
    replicas.every(({ isFollowing }) => isFollowing),
  );
  return (
    unreachable === undefined &&
    servedSlots === SLOTS &&
    isFollowed &&
    servers.every(({ health }) => health === "ok")
  );
}

/** The status for people. */
export function formatStatus(status: ClusterStatus): string {
  const { unreachable, servedSlots, durability, waitingWrites, primaries, others, warnings } =
    status;
  return [
    ...(unreachable === undefined ? [] : [`No server answers: ${unreachable}`]),
    `${servedSlots} of ${SLOTS} slots are served; durability: ${durability}; ${counted(waitingWrites, "write")} under way`,
    ...primaries.flatMap(shardLines),
    ...others.map(({ address, health, id }) => `without slots  ${address}  ${health}  ${id}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join("\n");
}

function shardLines(primary: ClusterStatus["primaries"][number]): readonly string[] {
  const { address, id, slots, health, replicas } = primary;
  const head = `primary  ${address}  ${counted(slots, "slot")}  ${health}  ${id}`;
  const copies = replicas.map(
    (replica) =>
      `  replica  ${replica.address}  ${lagOf(replica)}  ${replica.health}  ${replica.id}`,
  );
  return [head, ...copies];
}

function lagOf({
  isFollowing,
  lagBytes,
}: ClusterStatus["primaries"][number]["replicas"][number]): string {
  if (!isFollowing) return "does not follow";
  return lagBytes === undefined ? "lag unknown" : `${formatBytes(lagBytes)} behind`;
}
