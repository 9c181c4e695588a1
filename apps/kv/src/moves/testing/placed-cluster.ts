import type { NodeName } from "@kv/cluster";
import { MemoryStore } from "@kv/storage";
import { KvError } from "../../errors.ts";
import { Placement } from "../../placement/placement.ts";
import type { Caller, LinkCall } from "../../remote/link.ts";
import { RequestServer } from "../../remote/serve-requests.ts";
import { nodeNamed } from "../../remote/testing/any-part.ts";
import { linkError } from "../../remote/testing/scripted-link.ts";
import { written } from "../../remote/testing/written.ts";
import { createRouter, type Router } from "../../router.ts";
import type { RoutingTable } from "../../routing-table.ts";
import { type NodeWays, remoteNode } from "../ask-nodes.ts";
import { createNodeMoves, type NodeMoves } from "../node-moves.ts";
import { tableOf } from "./fake-cluster.ts";

/** A node as it runs between two crashes. */
interface Run {
  readonly router: Router;
  readonly moves: NodeMoves;
  readonly server: RequestServer;
  readonly mover: AsyncDisposable;
  /** Calls that it waits for, and calls that others wait for. */
  readonly open: Set<LinkCall>;
  readonly life: Life;
}

interface Life {
  isOver: boolean;
}

/** When a frame arrives: it resolves in an order that a test decides. */
export type Delay = () => Promise<void>;

/**
 * Nodes with everything that moves buckets, over stores that outlive them: a crash takes all but what was written to those. Frames of a
 * link arrive in their order, those of different links in any.
 */
export class PlacedCluster {
  readonly stores = new Map<string, MemoryStore>();
  readonly #table: RoutingTable;
  readonly #runs = new Map<string, Run>();
  readonly #delay: Delay;
  readonly #links = new Map<string, Promise<void>>();
  #nowMs = 0;

  constructor(table: string, delay: Delay) {
    this.#table = tableOf(table);
    this.#delay = delay;
  }

  /** Starts a node, anew over the store it had. */
  async start(name: string): Promise<void> {
    const self = nodeNamed(name);
    const kept = this.stores.get(name) ?? new MemoryStore({ clock: () => 0 });
    this.stores.set(name, kept);
    const life = { isOver: false };
    const store = mortal(kept, life, self);
    const caller: Caller = { call: (node, call) => this.#call({ self, life }, node, call) };
    const ways: NodeWays = {
      self,
      caller,
      clock: () => ++this.#nowMs / 1000,
      timeoutMs: () => 60_000,
    };
    const reader = { self, host: "lab" };
    const placement = new Placement({
      reader,
      configured: () => this.#table,
      store: () => store,
      activate: (to, bucket, moveId) => void remoteNode(ways, to).activateMove({ bucket, moveId }),
    });
    await placement.load(store);
    const router = createRouter({
      reader,
      table: () => placement.table,
      store: () => store,
      remote: ways,
      placement,
    });
    const moves = createNodeMoves({
      reader,
      home: placement,
      arrivals: placement.arrivals,
      store: () => store,
      ways,
      linked: () => [],
      problemOf: () => undefined,
      pauseLimitMs: () => 10_000,
      pollMs: 1,
      retry: { leastMs: 1, mostMs: 5 },
    });
    const server = new RequestServer({
      router,
      moves: moves.serving,
      nowMs: () => this.#nowMs / 1000,
      answerLimitBytes: 2 ** 20,
      onBug: (error) => {
        throw error;
      },
    });
    this.#runs.set(self, {
      router,
      moves,
      server,
      mover: moves.mover.start(),
      open: new Set(),
      life,
    });
  }

  router(name: string): Router {
    return this.#run(name).router;
  }

  moves(name: string): NodeMoves {
    return this.#run(name).moves;
  }

  isRunning(name: string): boolean {
    return this.#runs.has(name);
  }

  /** kill -9: nothing that the node does afterwards is seen by anybody. */
  crash(name: string): void {
    const run = this.#run(name);
    this.#runs.delete(name);
    run.life.isOver = true;
    void run.mover[Symbol.asyncDispose]();
    for (const call of this.#lost(run)) call.failed(linkError("CLUSTER_CONNECTION_LOST"));
  }

  /** The calls that end with `run`, at whichever end of them it was. */
  #lost(run: Run): readonly LinkCall[] {
    const lost = [...run.open];
    for (const other of [run, ...this.#runs.values()]) {
      for (const call of lost) other.open.delete(call);
    }
    return lost;
  }

  #run(name: string): Run {
    const run = this.#runs.get(name);
    if (run === undefined) throw new Error(`${name} does not run`);
    return run;
  }

  #call(
    { self: from, life }: { readonly self: NodeName; readonly life: Life },
    to: NodeName,
    call: LinkCall,
  ): void {
    const payload = written(call.byteLength, (target, at) => call.write(target, at));
    const caller = this.#runs.get(from);
    const served = this.#runs.get(to);
    const isLost = (): boolean => caller?.life.isOver !== false || served?.life.isOver !== false;
    if (caller === undefined || caller.life !== life || served === undefined) {
      queueMicrotask(() => call.failed(linkError("CLUSTER_NO_CONNECTION")));
      return;
    }
    caller.open.add(call);
    served.open.add(call);
    const settle = (tell: () => void): void => {
      if (!caller.open.delete(call)) return;
      served.open.delete(call);
      tell();
    };
    this.#after(`${from}>${to}`, () => {
      if (isLost() || !caller.open.has(call)) return;
      served.server.serve({
        from,
        payload,
        remainingMs: 60_000,
        isGone: false,
        answer: (byteLength, write) => {
          const answer = written(byteLength, write);
          if (isLost()) return;
          this.#after(`${to}>${from}`, () => {
            if (!isLost()) settle(() => call.answered(answer));
          });
        },
      });
    });
  }

  /** In the order of the link. */
  #after(link: string, arrive: () => void): void {
    const before = this.#links.get(link) ?? Promise.resolve();
    this.#links.set(link, before.then(() => this.#delay()).then(arrive));
  }
}

/** The store as a process has it: what goes on in one that was killed reaches it no more. */
function mortal(store: MemoryStore, life: Life, node: NodeName): MemoryStore {
  return new Proxy(store, {
    get(target, name) {
      if (life.isOver) throw new KvError("KV_NO_STORE", { node });
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
