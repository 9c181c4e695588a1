import type { NodeName } from "@kv/cluster";
import type { Caller, LinkCall } from "../../remote/link.ts";
import { RequestServer } from "../../remote/serve-requests.ts";
import { nodeNamed } from "../../remote/testing/any-part.ts";
import { linkError } from "../../remote/testing/scripted-link.ts";
import { ServingStore } from "../../remote/testing/serving-store.ts";
import { written } from "../../remote/testing/written.ts";
import { parseRoutingText } from "../../routing-text.ts";
import type { RoutingTable } from "../../routing-table.ts";
import { nodeAsker, type NodeWays, remoteNode } from "../ask-nodes.ts";
import { Coordinator } from "../coordinator.ts";
import { Mover } from "../mover.ts";
import { RoutingAnswers } from "../routing-answers.ts";
import { servedMoves } from "../served-moves.ts";
import { FakeHome } from "./fake-home.ts";

/** A node with all that moves buckets, over a {@link FakeHome}. */
export interface FakeNode {
  readonly self: NodeName;
  readonly home: FakeHome;
  readonly mover: Mover;
  readonly answers: RoutingAnswers;
  readonly coordinator: Coordinator;
  readonly server: RequestServer;
}

/** Nodes of one process whose links are microtasks, with the requests written and read as they are on a link. */
export class FakeCluster implements AsyncDisposable {
  readonly nodes = new Map<string, FakeNode>();
  /** Nodes that cannot be reached. */
  readonly down = new Set<string>();
  readonly #running: AsyncDisposable[] = [];
  /** Time passes when somebody looks. */
  #nowMs = 0;

  constructor(names: readonly string[], table: string) {
    for (const name of names) this.#add(nodeNamed(name), tableOf(table));
  }

  node(name: string): FakeNode {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node ${name}`);
    return node;
  }

  /** Starts the movers. */
  start(): this {
    for (const { mover } of this.nodes.values()) this.#running.push(mover.start());
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running) await child[Symbol.asyncDispose]();
  }

  #add(self: NodeName, table: RoutingTable): void {
    const home = new FakeHome(self, table);
    const caller: Caller = { call: (node, call) => this.#call(self, node, call) };
    const ways: NodeWays = { self, caller, clock: () => 0, timeoutMs: () => 5_000 };
    const mover = new Mover({
      self,
      home,
      store: () => home.store,
      targetOf: (node) => remoteNode(ways, node),
      pauseLimitMs: () => 1_000,
      nowMs: () => ++this.#nowMs,
      retry: { leastMs: 1, mostMs: 10 },
    });
    const reader = { self, host: "lab" };
    const answers = new RoutingAnswers({
      reader,
      plans: home,
      problemOf: () => undefined,
      store: () => home.store,
      linked: () => [],
      mover,
      nowMs: () => ++this.#nowMs,
    });
    const server = new RequestServer({
      router: new ServingStore(self, home.store),
      moves: servedMoves(self, home, answers),
      nowMs: () => this.#nowMs,
      answerLimitBytes: 2 ** 20,
      onBug: (error) => {
        throw error;
      },
    });
    const coordinator = new Coordinator({ reader, ask: nodeAsker(ways, answers), pollMs: 2 });
    this.nodes.set(self, { self, home, mover, answers, coordinator, server });
  }

  #call(from: NodeName, to: NodeName, call: LinkCall): void {
    const payload = written(call.byteLength, (target, at) => call.write(target, at));
    const node = this.nodes.get(to);
    queueMicrotask(() => {
      if (node === undefined || this.down.has(to) || this.down.has(from)) {
        call.failed(linkError("CLUSTER_NO_CONNECTION"));
        return;
      }
      node.server.serve({
        from,
        payload,
        remainingMs: 5_000,
        isGone: false,
        answer: (byteLength, write) => {
          const answer = written(byteLength, write);
          queueMicrotask(() => call.answered(answer));
        },
      });
      payload.fill(0xee);
    });
  }
}

/** A table from its short form. */
export function tableOf(text: string): RoutingTable {
  const parsed = parseRoutingText(text);
  if (parsed.type === "malformed") throw new Error(parsed.reason);
  return parsed.table;
}
