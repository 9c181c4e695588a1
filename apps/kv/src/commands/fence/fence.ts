import { ApplicationError, type NodeCommand, type NodeContext, unixTimeMs } from "@kv/application";
import type { NodeKv } from "../../kv.ts";
import type { Fence } from "../../placement/fence.ts";

/** Whether clients may write to what a node stores. */
export interface FenceState {
  readonly node: string;
  /** Since when they may not, as in `2026-11-23T10:15:00.000Z`; absent when they may. */
  readonly fencedSince?: string | undefined;
}

const description =
  "While a store is fenced it answers reads and refuses every write, over every protocol and through every node, with an ERROR that says so. What has been acknowledged by then is in it. For taking its buckets elsewhere: export, import, fence, and export what has come since. It stays fenced over a restart.";

/** `fence on`. */
export const fenceOnCommand: NodeCommand<NodeKv, FenceState, never> = {
  name: "fence on",
  summary: "Has the node refuse writes, for taking its buckets elsewhere",
  description,
  where: "node",
  level: "info",
  run: async ({ api }) => {
    const fence = fenceOf(api);
    const { obstacle } = fence;
    if (obstacle !== undefined) throw failed(obstacle);
    await fence.putUp(unixTimeMs());
    return stateOf(api, fence);
  },
  format: shown,
};

/** `fence off`. */
export const fenceOffCommand: NodeCommand<NodeKv, FenceState, never> = {
  name: "fence off",
  summary: "Has the node take writes again",
  where: "node",
  level: "info",
  run: async ({ api }) => {
    const fence = fenceOf(api);
    await fence.takeDown();
    return stateOf(api, fence);
  },
  format: shown,
};

/** `fence status`. */
export const fenceStatusCommand: NodeCommand<NodeKv, FenceState, never> = {
  name: "fence status",
  summary: "Shows whether the node takes writes",
  where: "node",
  run: async ({ api }) => stateOf(api, fenceOf(api)),
  format: shown,
};

function fenceOf({ fence, storesNothing }: NodeContext<NodeKv>["api"]): Fence {
  if (fence === undefined) {
    throw failed("the buckets of this node lie in a cluster, which other nodes write to as well");
  }
  if (storesNothing) throw failed("this node stores nothing; fence those that do");
  return fence;
}

function stateOf({ node }: NodeKv, { sinceMs }: Fence): FenceState {
  if (sinceMs === undefined) return { node };
  return { node, fencedSince: new Date(sinceMs).toISOString() };
}

function shown({ node, fencedSince }: FenceState): string {
  if (fencedSince === undefined) return `${node} takes writes`;
  return `${node} takes no writes since ${fencedSince}; \`fence off\` ends that`;
}

function failed(reason: string): ApplicationError {
  return new ApplicationError("COMMAND_FAILED", { action: "fence the store", reason });
}
