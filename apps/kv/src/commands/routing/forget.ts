import type { NodeCommand } from "@kv/application";
import { type NodeName, parseNodeName } from "@kv/cluster";
import type { NodeKv } from "../../kv.ts";
import { misuse } from "../misuse.ts";
import { routingOf } from "./routing-of.ts";

/** A node that is not asked any more. */
export interface RoutingForgotten {
  readonly node: NodeName;
}

/** `routing forget`: gives up what a table from before says of one node. */
export const routingForgetCommand: NodeCommand<NodeKv, RoutingForgotten, never> = {
  name: "routing forget",
  summary: "Has this node look for buckets no more where a former table has them, for one node",
  description:
    "For a node that will never be back, or never was: `routing status` shows the former tables. What that node holds is not found by them any more.",
  arguments: [{ name: "node", description: "for instance bar; without a host it is on this one" }],
  where: "node",
  level: "info",
  run: async ({ api, system, words }) => {
    const routing = routingOf({ api, system });
    const text = words.text("node");
    const node = parseNodeName(text, api.node.slice(api.node.indexOf("@") + 1));
    if (node === undefined) throw misuse(`${JSON.stringify(text)} is no name of a node`);
    await routing.forget(node);
    return { node };
  },
  format: ({ node }) => `Looks for no bucket at ${node} because of a former table`,
};
