import { ApplicationError, type NodeCommand } from "@kv/application";
import type { NodeKv } from "../../kv.ts";
import type { FenceStatus, Fences } from "../../moves/fences.ts";

type FenceCommand = NodeCommand<NodeKv, readonly FenceStatus[], never>;

const shared = {
  where: "node",
  exitCode: (nodes: readonly FenceStatus[]) =>
    nodes.some(({ problem }) => problem !== undefined) ? 1 : 0,
  format: (nodes: readonly FenceStatus[]) => nodes.map((node) => shown(node)).join("\n"),
} as const;

const description = [
  "While a store is fenced it answers reads and refuses every write, over every protocol and through every node, with an ERROR that says so. What has been acknowledged by then is in it. For taking its buckets elsewhere: export, import, fence, and export what has come since. It stays fenced over a restart.",
  "All nodes of the routing tables are fenced, and those that any of them is linked with. One that could not be is named, exit code 1; the others are fenced all the same.",
].join("\n\n");

/** `fence on`. */
export const fenceOnCommand: FenceCommand = {
  ...shared,
  name: "fence on",
  summary: "Has the nodes refuse writes, for taking their buckets elsewhere",
  description,
  level: "info",
  run: async ({ api }) => await fencesOf(api).putUp(),
};

/** `fence off`. */
export const fenceOffCommand: FenceCommand = {
  ...shared,
  name: "fence off",
  summary: "Has the nodes take writes again",
  level: "info",
  run: async ({ api }) => await fencesOf(api).takeDown(),
};

/** `fence status`. */
export const fenceStatusCommand: FenceCommand = {
  ...shared,
  name: "fence status",
  summary: "Shows which nodes take writes",
  run: async ({ api }) => await fencesOf(api).status(),
};

function fencesOf({ fences }: Pick<NodeKv, "fences">): Fences {
  if (fences !== undefined) return fences;
  throw new ApplicationError("COMMAND_FAILED", {
    action: "fence the store",
    reason: "the buckets of this node lie in a cluster, which other nodes write to as well",
  });
}

function shown({ node, fencedSince, storesNothing, problem }: FenceStatus): string {
  if (problem !== undefined) return `${node}: ${problem}`;
  if (storesNothing === true) return `${node} stores nothing`;
  if (fencedSince === undefined) return `${node} takes writes`;
  return `${node} takes no writes since ${fencedSince}; \`fence off\` ends that`;
}
