import {
  type Cluster,
  type Limits,
  type NodeName,
  openCluster,
  type ServedCall,
} from "@kv/cluster";
import type { SimulatedProcess, SimulatedWorld } from "@kv/cluster/testing";
import { openLogStore, type Scheduler, type Store, type SyncMode } from "@kv/storage";
import { SimulatedDisk } from "@kv/storage/testing";
import type { Caller } from "../remote/link.ts";
import { RequestServer } from "../remote/serve-requests.ts";
import { createRouter, type Router } from "../router.ts";
import type { RoutingTable } from "../routing-table.ts";
import type { Ledger } from "./ledger.ts";
import { watchStore } from "./watched-store.ts";

/** Rules that a test breaks on purpose, to see whether the simulation notices. */
export interface Sabotage {
  /** How the nodes' logs are synced; `always` when all is well. */
  readonly sync?: SyncMode;
  /** Stands between the links and what serves their calls. */
  readonly serving?: (
    serve: (call: ServedCall) => void,
    process: SimulatedProcess,
  ) => (call: ServedCall) => void;
  /** Stands between the router and the links. */
  readonly calling?: (caller: Caller) => Caller;
  /** Stands between the router and the store. */
  readonly storing?: (store: Store) => Store;
  /** Clients do not wait for what is under way when the table has changed. */
  readonly ignoresEpoch?: boolean;
}

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

/** One process of a node: it is *starting* until its links are open, *stopping* from when it has been asked to end. */
export interface Life {
  readonly process: SimulatedProcess;
  readonly router: Router;
  state: "starting" | "serving" | "stopping" | "over";
  /** `undefined` before it is open and when it is being closed. */
  store: Store | undefined;
  /** `undefined` before its links are open. */
  cluster: Cluster | undefined;
}

/** Whether a node has a disk to keep buckets on, and the table that it is configured with. */
export interface NodePlan {
  readonly name: NodeName;
  readonly stores: boolean;
  readonly table: RoutingTable;
}

/** The clock of a machine when its world begins. */
const EPOCH_MS = 1_700_000_000_000;
const PAUSE_MS = 5;
const SECOND_MS = 1000;

/**
 * A node as the kv application puts it together: its store, its links, its router and what serves the requests of others, here on
 * a simulated disk, network and clock. Its process can end at any moment, and another one finds what the disk has kept.
 */
export class SimulatedNode {
  readonly name: NodeName;
  readonly stores: boolean;
  /** What a process begins with. */
  readonly configured: RoutingTable;
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

  get isFrozen(): boolean {
    return this.#isFrozen;
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
      answerLimitBytes: 2 ** 20,
      onBug: this.#terms.onBug,
    });
    const serve = (call: ServedCall): void => server.serve(call);
    if (this.stores) {
      const store = await this.#openStore(process);
      if (process.isDead) return;
      const watched = watchStore(store, (change) => {
        if (!process.isDead) ledger.write(this.name, change);
      });
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
    });
    if (process.isDead) return;
    life.cluster = cluster;
    life.state = "serving";
  }

  async #stop(life: Life): Promise<void> {
    await life.cluster?.[Symbol.asyncDispose]();
    const { store } = life;
    life.store = undefined;
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
    const router = createRouter({
      reader: { self: this.name, host: "lab" },
      table: () => this.table,
      store: () => (this.stores ? life.store : "none"),
      remote: {
        caller: sabotage.calling?.(caller) ?? caller,
        clock: () => process.scheduler.now(),
        timeoutMs,
      },
    });
    const life: Life = { process, router, state: "starting", store: undefined, cluster: undefined };
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

const never = (): void => {};

/** The event loop of `process`, as a log store sees it. */
function storeScheduler({ scheduler }: SimulatedProcess): Scheduler {
  return {
    endOfTurn: (callback) => scheduler.endOfTurn(callback),
    soon: (callback) => void scheduler.after(PAUSE_MS, callback),
    everySecond: (callback) => {
      let cancel = never;
      const again = (): void => {
        cancel = scheduler.after(SECOND_MS, () => {
          again();
          callback();
        });
      };
      again();
      return { [Symbol.dispose]: () => cancel() };
    },
  };
}
