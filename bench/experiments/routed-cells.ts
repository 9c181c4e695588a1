import type { Operation } from "../data/traffic.ts";
import { assertToolKeys, fillToolKeys } from "../redis/fill.ts";
import type { RedisPrograms } from "../redis/redis-programs.ts";
import { openRespClient } from "../redis/resp-client.ts";
import type { Bench } from "./experiment.ts";
import type { Cell } from "./measure-all.ts";
import type { Generator } from "./redis-contenders.ts";
import { startLinkedNode, SteadyAskers } from "./routed-nodes.ts";
import type { RoutedCell, Way } from "./routed-report.ts";
import type { NodeSubject } from "./subject.ts";
import { toolSubject } from "./tool-subject.ts";

const PIPELINES: readonly number[] = [16, 1];
const CONNECTIONS = 50;

/** What the nodes of `routed` are started with. */
export interface RoutedContext {
  readonly bench: Bench;
  /** Where redis-benchmark lies; without it only the bench's own generator is used. */
  readonly programs: RedisPrograms | undefined;
  /** All that is started ends with it. */
  readonly stack: AsyncDisposableStack;
}

/** What is to be measured, and what is asked for once it was. */
export interface RoutedCells {
  readonly cells: readonly RoutedCell[];
  /** Throws when traffic that was to overwrite has added keys or removed some. */
  assertSameKeys(): Promise<void>;
}

/** Clients of the owner itself, of a node that stores too but none of these keys, and of one that stores nothing at all. */
export async function startRouted(context: RoutedContext): Promise<RoutedCells> {
  const { bench, stack } = context;
  const common = { sockets: bench.workplace.newPath("run"), table: "a-z=owner", isFilled: false };
  const owner = await startLinkedNode(bench, { ...common, name: "owner", isFilled: true }, stack);
  const front = await startLinkedNode(bench, { ...common, name: "front" }, stack);
  const gate = await startLinkedNode(bench, { ...common, name: "gate", engine: "none" }, stack);
  const passingOn = ({ server, resp }: typeof front): NodeSubject =>
    // What goes to the front is counted as the owner's work.
    loadSubject(bench, { ...resp.target, pid: owner.server.pid, frontPid: server.pid });
  const ways: readonly WayTo[] = [
    { way: "local", node: owner.resp },
    { way: "routed", node: passingOn(front) },
    { way: "routed, no store", node: passingOn(gate) },
  ];
  return {
    cells: (["get", "put"] as const).flatMap((operation) => cellsOf(context, ways, operation)),
    assertSameKeys: await fillForTool(context, owner.resp.target.port),
  };
}

/**
 * Clients of a node's own keys, while nobody asks for what other nodes store, and while five others do: of a node that lives,
 * was stopped by SIGSTOP in the midst of a link, or is not there.
 */
export async function startBeside(context: RoutedContext): Promise<RoutedCells> {
  const { bench, stack } = context;
  // redis-benchmark's bucket is the near node's, too.
  const table = "r=near,a-m=near,n-p=alive,q-t=frozen,u-z=dead";
  const common = { sockets: bench.workplace.newPath("run"), table, isFilled: false };
  await startLinkedNode(bench, { ...common, name: "alive" }, stack);
  const frozen = await startLinkedNode(bench, { ...common, name: "frozen" }, stack);
  const near = await startLinkedNode(bench, { ...common, name: "near", isFilled: true }, stack);
  const { port } = near.resp.target;
  const assertSameKeys = await fillForTool(context, port);
  {
    await using askers = SteadyAskers.start(port, "queue");
    await askers.answered(10);
  }
  frozen.server.signal("SIGSTOP");
  {
    await using askers = SteadyAskers.start(port, "queue");
    // Those under way wait for their time to be over; later ones fail at once.
    await askers.answered(1000);
  }
  const ways: readonly WayTo[] = [
    { way: "alone", node: near.resp },
    { way: "lives", node: near.resp, asked: "noon" },
    { way: "is frozen", node: near.resp, asked: "queue" },
    { way: "is dead", node: near.resp, asked: "zoo" },
  ];
  return { cells: cellsOf(context, ways, "get"), assertSameKeys };
}

/** Where traffic goes, and the bucket that others ask the same node for meanwhile. */
interface WayTo {
  readonly way: Way;
  readonly node: NodeSubject;
  readonly asked?: string;
}

/** Those that are compared with each other stand beside each other. */
function cellsOf(
  { bench, programs }: RoutedContext,
  ways: readonly WayTo[],
  operation: Operation,
): readonly RoutedCell[] {
  const { keys } = bench.scale.routed;
  const subjectOf = (generator: Generator, node: NodeSubject): Cell["subject"] | undefined => {
    if (generator === "load") return node;
    return programs && toolSubject(bench, programs.benchmark, node.target);
  };
  return PIPELINES.flatMap((pipeline) =>
    (["load", "redis-benchmark"] as const).flatMap((generator) =>
      ways.flatMap(({ way, node, asked }): readonly RoutedCell[] => {
        const subject = subjectOf(generator, node);
        if (subject === undefined) return [];
        return [
          {
            name: `${generator}, ${way}, ${operation}, ${CONNECTIONS} x ${pipeline}`,
            generator,
            way,
            subject: asked === undefined ? subject : whileAsked(subject, node.target.port, asked),
            traffic: {
              operation,
              pipeline,
              connections: CONNECTIONS,
              keys,
              access: { type: "uniform" },
            },
          },
        ];
      }),
    ),
  );
}

function loadSubject({ load }: Bench, target: NodeSubject["target"]): NodeSubject {
  return {
    target,
    measure: (traffic) => load.call("run", { target, traffic }),
    sweep: (traffic) => load.call("sweep", { target, traffic }),
  };
}

/** The same, while others ask the node at `port` for `bucket`. */
function whileAsked(subject: Cell["subject"], port: number, bucket: string): Cell["subject"] {
  return {
    measure: async (traffic) => {
      await using askers = SteadyAskers.start(port, bucket);
      await askers.answered(1);
      return await subject.measure(traffic);
    },
    sweep: (traffic) => subject.sweep(traffic),
  };
}

/** Puts what redis-benchmark is to find into the node at `port`. */
async function fillForTool(
  { bench, programs, stack }: RoutedContext,
  port: number,
): Promise<RoutedCells["assertSameKeys"]> {
  if (programs === undefined) return () => Promise.resolve();
  const { toolKeys } = bench.scale.redis;
  const client = stack.use(await openRespClient(port));
  await fillToolKeys(client, toolKeys);
  return () => assertToolKeys(client, toolKeys);
}
