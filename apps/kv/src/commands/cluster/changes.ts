import type { NodeCommand } from "@kv/application";
import type { ClusterStatus } from "@kv/storage/redis-cluster";
import type { NodeKv } from "../../kv.ts";
import { failed } from "./cluster-of.ts";
import { type Change, changeCluster, serverIn, untilStatus } from "./change-cluster.ts";
import { runToolWell } from "./cluster-tool.ts";
import { formatStatus } from "./status.ts";

type ChangeCommand = NodeCommand<NodeKv, ClusterStatus, never>;

const server = { name: "server", description: "its host:port, or its id" };

/** `cluster add-node`: takes a server into the cluster. */
export const clusterAddNodeCommand: ChangeCommand = {
  name: "cluster add-node",
  summary: "Takes a server into the cluster: an empty primary, or a copy of a primary",
  description:
    "The server runs already, with cluster-enabled, and is empty. A primary is given slots by `cluster rebalance`, best once it has its copies.",
  arguments: [{ name: "server", description: "its host:port" }],
  options: [
    { name: "copy-of", type: "string", description: "the primary to copy, by host:port or id" },
  ],
  where: "node",
  level: "info",
  run: async (context) => {
    const address = context.words.text("server");
    const primary = context.options.text("copy-of");
    return await changeCluster(context, "add a server", {
      act: async (change) => {
        const { tool, entry, status } = change;
        const copy =
          primary === undefined
            ? []
            : ["--cluster-slave", "--cluster-master-id", serverIn(status, primary).id];
        await tool("add-node", address, entry, ...copy);
        await untilStatus(change, "all know the server", (now) => isKnown(now, address));
      },
    });
  },
  format: formatStatus,
};

/** `cluster rebalance`: spreads the slots evenly. */
export const clusterRebalanceCommand: ChangeCommand = {
  name: "cluster rebalance",
  summary: "Spreads the slots evenly over all primaries, while they serve",
  description:
    "A bucket moves in one step, for which its two servers stand still: 0.2 to 0.5 s with 100,000 keys.",
  where: "node",
  level: "info",
  run: async (context) =>
    await changeCluster(context, "rebalance", {
      act: async ({ tool, entry }) => {
        await tool("rebalance", entry, "--cluster-use-empty-masters", "--cluster-threshold", "1");
      },
    }),
  format: formatStatus,
};

/** `cluster remove-node`: takes a server out of the cluster. */
export const clusterRemoveNodeCommand: ChangeCommand = {
  name: "cluster remove-node",
  summary: "Takes a server out of the cluster; a primary's slots go to the others first",
  description:
    "The copies of a primary go with it. The processes run on, empty, and belong to nobody.",
  arguments: [server],
  where: "node",
  level: "info",
  run: async (context) => {
    const word = context.words.text("server");
    return await changeCluster(context, "remove a server", {
      act: async (change) => {
        await removeServer(change, word);
      },
    });
  },
  format: formatStatus,
};

async function removeServer(change: Change, word: string): Promise<void> {
  const { status, tool, cluster } = change;
  const { id } = serverIn(status, word);
  const primary = status.primaries.find((known) => known.id === id);
  const entry = status.primaries.find((known) => known.id !== id && known.health === "ok");
  if (entry === undefined) throw failed("remove a server", "there is no other primary");
  const copies = primary?.replicas ?? [];
  if (primary !== undefined) {
    await tool(
      "rebalance",
      entry.address,
      "--cluster-weight",
      `${id}=0`,
      "--cluster-threshold",
      "1",
    );
    await untilStatus(change, "it has no slots", (now) =>
      now.primaries.every((one) => one.id !== id),
    );
  }
  const now = await cluster.status();
  for (const copy of copies) {
    // Where servers may do so, they have followed the slots to another primary.
    const hasFollowed = now.primaries.some(({ replicas }) =>
      replicas.some((one) => one.id === copy.id),
    );
    if (!hasFollowed) await tool("del-node", entry.address, copy.id);
  }
  await tool("del-node", entry.address, id);
}

/** `cluster failover`: has a replica take over from its primary. */
export const clusterFailoverCommand: ChangeCommand = {
  name: "cluster failover",
  summary: "Has a replica take over from its primary, which becomes a replica",
  description:
    "Planned: requests wait for a moment, and a few that are under way may be told that they may have been applied. Before a primary is stopped, or upgraded.",
  arguments: [{ name: "replica", description: "its host:port, or its id" }],
  where: "node",
  level: "info",
  run: async (context) => {
    const word = context.words.text("replica");
    return await changeCluster(context, "fail over", {
      act: async (change) => {
        const { id, address } = serverIn(change.status, word);
        if (change.status.primaries.some((primary) => primary.id === id)) {
          throw failed("fail over", `${address} is a primary already`);
        }
        const colon = address.lastIndexOf(":");
        const place = ["-h", address.slice(0, colon), "-p", address.slice(colon + 1)];
        await runToolWell([...place, "-e", "CLUSTER", "FAILOVER"], change.run);
        await untilStatus(change, `${address} is a primary`, ({ primaries }) =>
          primaries.some((primary) => primary.id === id),
        );
      },
    });
  },
  format: formatStatus,
};

/** `cluster fix`: brings to its end what was interrupted. */
export const clusterFixCommand: ChangeCommand = {
  name: "cluster fix",
  summary: "Brings a change of the cluster that was interrupted to its end",
  description:
    "Slots that are halfway between two servers, or nobody's. Not while another change runs.",
  where: "node",
  level: "info",
  run: async (context) =>
    await changeCluster(context, "fix the cluster", {
      isRepair: true,
      act: async ({ tool, entry }) => {
        await tool("fix", entry, "--cluster-yes");
      },
    }),
  format: formatStatus,
};

function isKnown(status: ClusterStatus, address: string): boolean {
  const servers = [...status.primaries.flatMap(({ replicas }) => replicas), ...status.others];
  return servers.some((known) => known.address === address);
}
