import type { RedisPrograms } from "../redis/redis-programs.ts";
import type { Bench } from "./experiment.ts";
import type { NodeSubject, ServerSubject } from "./subject.ts";
import { toolSubject } from "./tool-subject.ts";

/** Which server is asked, and in what language. */
export type Side = "node, RESP" | "node, line" | "redis-server";

/** Where the requests come from. */
export type Generator = "load" | "redis-benchmark";

/** One server that one generator's traffic can go to. */
export interface Contender {
  readonly generator: Generator;
  readonly side: Side;
  readonly subject: Pick<NodeSubject, "measure" | "sweep">;
}

/** A node, over both protocols, and a redis-server. */
export interface Servers {
  readonly node: ServerSubject;
  readonly resp: NodeSubject;
  readonly redis: NodeSubject;
}

/** Those that are compared with each other stand beside each other. */
export function contendersOf(
  bench: Bench,
  { benchmark }: RedisPrograms,
  { node, resp, redis }: Servers,
): readonly Contender[] {
  const tool = (to: NodeSubject): Contender["subject"] => toolSubject(bench, benchmark, to.target);
  return [
    { generator: "load", side: "node, RESP", subject: resp },
    // The node's cache is the same whatever is spoken: it has been swept.
    { generator: "load", side: "node, line", subject: { ...node, sweep: () => Promise.resolve() } },
    { generator: "load", side: "redis-server", subject: redis },
    { generator: "redis-benchmark", side: "node, RESP", subject: tool(resp) },
    { generator: "redis-benchmark", side: "redis-server", subject: tool(redis) },
  ];
}
