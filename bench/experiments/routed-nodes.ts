import type { Setting } from "../../test/harness/write-config.ts";
import { openRespClient } from "../redis/resp-client.ts";
import type { Bench } from "./experiment.ts";
import { type NodeSubject, type ServerSubject, startServer } from "./subject.ts";

/** A node that others are linked with. */
export interface LinkedNode {
  readonly server: ServerSubject;
  readonly resp: NodeSubject;
}

/** What a node of the bench's cluster is told. */
export interface LinkedNodeOptions {
  readonly name: string;
  readonly table: string;
  /** The folder of all their sockets. */
  readonly sockets: string;
  /** Whether it stores a copy of the population. */
  readonly isFilled: boolean;
  /** `none` for a node that stores nothing and only asks the others; as `npm start` has it without. */
  readonly engine?: "none";
}

/** Starts a node that reaches the others of this machine. It is killed with `stack`. */
export async function startLinkedNode(
  bench: Bench,
  { name, table, sockets, isFilled, engine }: LinkedNodeOptions,
  stack: AsyncDisposableStack,
): Promise<LinkedNode> {
  const settings: readonly Setting[] = [
    { application: "kv", path: ["socketDirectory"], value: sockets },
    { application: "kv", path: ["routingTable"], value: table },
    ...(engine === undefined
      ? []
      : [{ application: "kv", path: ["storage", "engine"], value: engine }]),
  ];
  const server = stack.use(
    await startServer(bench, {
      keys: bench.scale.routed.keys,
      sync: "everysec",
      node: { name: name, settings },
      isFilled,
    }),
  );
  return { server, resp: await server.speak("resp") };
}

/** How often the others ask for what the far node has, in milliseconds between an answer and the next request. */
const ASKED_EVERY_MS = 1;

/** How many of them there are. */
const ASKING = 5;

/** Clients that ask a node, at a steady pace, for a bucket that another node stores; errors are answers to them. */
export class SteadyAskers implements AsyncDisposable {
  #isOver = false;
  #answers = 0;
  #onAnswer: () => void = () => {};
  readonly #asking: readonly Promise<void>[];

  private constructor(asking: (askers: SteadyAskers) => readonly Promise<void>[]) {
    this.#asking = asking(this);
  }

  /** Begins to ask the node at `port` for `bucket`. */
  static start(port: number, bucket: string): SteadyAskers {
    return new SteadyAskers((askers) =>
      Array.from({ length: ASKING }, () => askers.#ask(port, bucket)),
    );
  }

  /** Resolves when so many requests were answered, however they were. */
  async answered(count: number): Promise<void> {
    while (this.#answers < count) {
      await new Promise<void>((resolve) => {
        this.#onAnswer = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#asking);
  }

  async #ask(port: number, bucket: string): Promise<void> {
    using client = await openRespClient(port);
    while (!this.#isOver) {
      await client.ask("HGET", bucket, "key").catch(() => undefined);
      this.#answers++;
      this.#onAnswer();
      await new Promise((resolve) => void setTimeout(resolve, ASKED_EVERY_MS));
    }
  }
}
