import { formatBytes, formatSections, type NodeCommand } from "@kv/application";
import type { NodeKv } from "../../kv.ts";
import type { RoutingStatus } from "../../moves/coordinator.ts";
import { counted } from "../counted.ts";
import { routingOf } from "./routing-of.ts";

/** `routing status`: by which table each node goes, and how far a change is. */
export const routingStatusCommand: NodeCommand<NodeKv, readonly RoutingStatus[], never> = {
  name: "routing status",
  summary: "Shows by which routing table each node goes, and how far a change of it is",
  description: "Exit code 1 when a node could not be asked, or has a problem.",
  where: "node",
  run: ({ api, system, ...watch }) => routingOf({ api, system }).status(watch),
  exitCode: (nodes) => (nodes.some(({ problem }) => problem !== undefined) ? 1 : 0),
  format: (nodes) =>
    formatSections(nodes.map((status) => [status.node, sectionOf(status)])).trimStart(),
};

function sectionOf({
  table,
  origin,
  former,
  plan,
  left,
  moved,
  longestPauseMs,
  problem,
}: RoutingStatus) {
  return {
    ...(table === undefined ? {} : { table }),
    ...(origin === undefined ? {} : { origin }),
    ...(former === undefined ? {} : { former: former.join(" and before ") }),
    ...(plan === undefined ? {} : { plan: `${plan.phase}: ${plan.table}` }),
    ...(left === undefined ? {} : { left: amount(left) }),
    ...(moved === undefined ? {} : { moved: amount(moved) }),
    ...(longestPauseMs === undefined ? {} : { longestPause: `${Math.ceil(longestPauseMs)} ms` }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function amount({ buckets, bytes }: { readonly buckets: number; readonly bytes: number }): string {
  return `${counted(buckets, "bucket")}, ${formatBytes(bytes)}`;
}
