import type { NodeFacts } from "./declaration/context.ts";

/** What there is to say of the node in this process. */
export function factsOf(name: string, version: string): NodeFacts {
  return {
    name,
    version,
    pid: process.pid,
    get uptimeMs() {
      return Math.round(process.uptime() * 1000);
    },
  };
}
