import { createHash } from "node:crypto";
import type { Script } from "../../cluster/cluster.ts";

/** A script of `parts`, one behind the other. */
export function script(...parts: readonly string[]): Script {
  const source = parts.join("\n");
  return { source, digest: createHash("sha1").update(source).digest("hex") };
}
