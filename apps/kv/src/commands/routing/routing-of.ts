import { ApplicationError, type NodeContext } from "@kv/application";
import type { NodeKv } from "../../kv.ts";

/** What changes the table of a node. Throws `COMMAND_FAILED` where there is none to change. */
export function routingOf({
  api,
  system,
}: Pick<NodeContext<NodeKv>, "api" | "system">): NodeKv["routing"] {
  const storage = system.getEnv("kv", "storage");
  const isReplicated =
    typeof storage === "object" &&
    storage !== null &&
    "engine" in storage &&
    storage.engine === "redis-cluster";
  if (!isReplicated) return api.routing;
  throw new ApplicationError("COMMAND_FAILED", {
    action: "look after routing",
    reason: "the buckets of this node lie in a cluster, where any node serves any bucket",
  });
}
