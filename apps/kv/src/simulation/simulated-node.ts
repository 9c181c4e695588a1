import { type Limits, type NodeName, openCluster, type ServedCall } from "@kv/cluster";
import type { SimulatedProcess, SimulatedWorld } from "@kv/cluster/testing";
import { openLogStore, type Store } from "@kv/storage";
import { SimulatedDisk } from "@kv/storage/testing";
import { remoteNode } from "../moves/ask-nodes.ts";
import { createNodeMoves } from "../moves/node-moves.ts";
import { Placement } from "../placement/placement.ts";
import { runIn } from "./process-timers.ts";
import type { Caller } from "../remote/link.ts";
import { RequestServer } from "../remote/serve-requests.ts";
import { createRouter } from "../router.ts";
import type { RoutingTable } from "../routing-table.ts";
import { turnClock } from "../turn-clock.ts";
import type { Ledger } from "./ledger.ts";
import type { Life } from "./life.ts";
import type { Sabotage } from "./sabotage.ts";
import { storeScheduler } from "./store-scheduler.ts";
import { watchStore } from "./watched-store.ts";

/** What all nodes of a history have in common. */
export interface NodeTerms {
  readonly world: SimulatedWorld;
  readonly ledger: Ledger;
  readonly timeoutMs: () => number;
  readonly limits: Partial<Limits>;
  readonly sabotage: Sabotage;
  /** Told what must not happen. */
  readonly onBug: (error: unknown) => void;
}

/** Whether a node has a disk to keep buckets on, and the table that it is configured with. */
export interface NodePlan {
  readonly name: NodeName;
  readonly stores: boolean;
  readonly table: RoutingTable;
}

/** What a machine's clock shows when its world begins. */
const EPOCH_MS = 1_700_000_000_000;
/** How long the requests for a bucket that moves may wait. */
export const PAUSE_LIMIT_MS = 1000;

/**
 * A node as the kv application puts it together: its store, its links, its router and what serves the requests of others, here on
 * a simulated disk, network and clock. Its process can end at any moment, and another one finds what the disk has kept.
 */
export class SimulatedNode {
  readonly name: NodeName;
  readonly stores: boolean;
  /** What a process begins with. */
  configured: RoutingTable;
  /** Whether any of its processes has served: one that never did knows of no table from before. */
  hasServed = false;
  /** The table in force. */
  table: RoutingTable;
  /** How often it has been given another table. */
  tableChanges = 0;
  /** How long the disk takes for a write. */
  diskMs = 1;
  /** When it last went on after it had stood still. */
  lastThawMs = -Infinity;
  /** How long it has stood still, all in all. */
  frozenMs = 0;
  life: Life | undefined;
  readonly #terms: NodeTerms;
  #disk = new SimulatedDisk();
  #isFrozen = false;
  #frozenAtMs = 0;

  constructor({ name, stores, table }: NodePlan, terms: NodeTerms) {
    this.name = name;
    this.stores = stores;
    this.configured = table;
    this.table = table;
    this.#terms = terms;
  }

  /** Starts a process, which opens the store and then its links. */
  start(): void {
    const { world, onBug } = this.#terms;
    const process = world.start(this.name);
    this.putTable(this.configured);
    this.#boot(process).catch((error: unknown) => {
      // What a process begins that is over by then is nobody's business.
      if (!process.isDead) onBug(error);
    });
  }

  /** `env put kv routingTable`: until the next start. */
  putTable(table: RoutingTable): void {
    if (table === this.table) return;
    this.table = table;
    this.tableChanges++;
  }

  /** The process ends without a word. What was written is there when the next one starts. */
  kill(): void {
    this.#end();
    this.#disk = this.#disk.afterKill();
  }

  /** The machine goes down: what was not synced may be lost. */
  cutPower(): void {
    const { chance } = this.#terms.world;
    this.#end();
    const isAllLost = chance.percent(30);
    const draw = isAllLost ? () => 0 : (count: number) => chance.below(count);
    this.#disk = this.#disk.afterKill().afterPowerCut(chance.pick([64, 512]), draw);
  }

  /** Ends the process in order: the links first, then the store. */
  stop(): void {
    const { life } = this;
    if (life?.state !== "serving") return;
    life.state = "stopping";
    this.#stop(life).catch((error: unknown) => {
      if (!life.process.isDead) this.#terms.onBug(error);
    });
  }

  freeze(): void {
    if (this.life === undefined || this.#isFrozen) return;
    this.#isFrozen = true;
    this.#frozenAtMs = this.#terms.world.nowMs;
    this.life.process.freeze();
  }

  thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    this.lastThawMs = this.#terms.world.nowMs;
    this.frozenMs += this.lastThawMs - this.#frozenAtMs;
    this.life?.process.thaw();
  }

  #end(): void {
    const { life } = this;
    if (life === undefined) return;
    this.#isFrozen = false;
    life.state = "over";
    life.process.kill();
    this.life = undefined;
  }

  async #boot(process: SimulatedProcess): Promise<void> {
    const { sabotage, ledger, limits } = this.#terms;
    const { scheduler } = process;
    const life: Life = this.#createLife(process);
    this.life = life;
    const { router } = life;
    const server = new RequestServer({
      router,
      moves: life.moves.serving,
      nowMs: () => process.scheduler.now(),
      answerLimitBytes: 2 ** 20,
      onBug: this.#terms.onBug,
    });
    const serve = (call: ServedCall): void => server.serve(call);
    if (this.stores) {
      const store = await this.#openStore(process);
      if (process.isDead) return;
      const watched = watchStore(store, (change) => {
        const isVoid = !life.placement.isServed(Buffer.from(change.bucket));
        // The copy of a bucket that is served elsewhere is nothing that anybody sees.
        if (!process.isDead && !isVoid) ledger.write(this.name, change);
      });
      await life.placement.load(store);
      if (process.isDead) return;
      life.rawStore = store;
      life.store = sabotage.storing?.(watched) ?? watched;
    }
    const cluster = await openCluster({
      self: this.name,
      cookie: "secret",
      directory: "/nodes",
      network: process.network,
      scheduler,
      randomBytes: process.randomBytes,
      limits,
      serve: sabotage.serving?.(serve, process) ?? serve,
      foresee: (calls, count) => server.foresee(calls, count),
    });
    if (process.isDead) return;
    life.cluster = cluster;
    life.state = "serving";
    this.hasServed = true;
    this.#startMover(life);
  }

  #startMover(life: Life): void {
    const { onBug } = this.#terms;
    const mover = runIn(life.process, () => life.moves.mover.start());
    life.mover = mover;
    mover.finished.catch((error: unknown) => {
      if (!life.process.isDead) onBug(error);
    });
  }

  async #stop(life: Life): Promise<void> {
    await life.mover?.[Symbol.asyncDispose]();
    await life.cluster?.[Symbol.asyncDispose]();
    const { store } = life;
    life.store = undefined;
    life.rawStore = undefined;
    await store?.[Symbol.asyncDispose]();
    if (this.life === life) this.kill();
  }

  #createLife(process: SimulatedProcess): Life {
    const { timeoutMs, sabotage } = this.#terms;
    const caller: Caller = {
      call: (node, call) => {
        if (life.cluster === undefined) throw new Error("nobody asks before the links are open");
        life.cluster.call(node, call);
      },
    };
    const reader = { self: this.name, host: "lab" };
    const remote = {
      caller: sabotage.calling?.(caller) ?? caller,
      clock: turnClock(
        () => process.scheduler.now(),
        (end) => process.scheduler.endOfTurn(end),
      ),
      timeoutMs,
    };
    const rawStore = (): Store | "none" | undefined => (this.stores ? life.rawStore : "none");
    const placement = new Placement({
      reader,
      configured: () => this.table,
      store: rawStore,
      activate: (to, bucket, moveId) =>
        void remoteNode({ ...remote, self: this.name }, to).activateMove({ bucket, moveId }),
    });
    const router = createRouter({
      reader,
      table: () => placement.table,
      placement,
      store: () => (this.stores ? life.store : "none"),
      remote,
    });
    const moves = createNodeMoves({
      reader,
      home: placement,
      arrivals: placement.arrivals,
      store: rawStore,
      ways: remote,
      linked: () => life.cluster?.nodes() ?? [],
      problemOf: () => undefined,
      pauseLimitMs: () => PAUSE_LIMIT_MS,
    });
    const life: Life = {
      process,
      router,
      placement,
      moves,
      state: "starting",
      store: undefined,
      rawStore: undefined,
      cluster: undefined,
      mover: undefined,
    };
    return life;
  }

  #openStore(process: SimulatedProcess): Promise<Store> {
    const { world, sabotage } = this.#terms;
    const disk = this.#disk;
    disk.faults = ({ type }) => {
      if (type === "write") {
        disk.hold();
        process.scheduler.after(world.chance.below(this.diskMs * 10) / 10, () => disk.release());
      }
      return undefined;
    };
    return openLogStore({
      directory: "/kv",
      clock: () => EPOCH_MS + world.nowMs,
      sync: sabotage.sync,
      cacheLimitBytes: 4096,
      segmentLimitBytes: 2 ** 20,
      files: disk,
      scheduler: storeScheduler(process),
      drawBytes: process.randomBytes,
    });
  }
}
