import { type NodeName, parseCompleteName } from "@kv/cluster";
import { SimulatedWorld } from "@kv/cluster/testing";
import { Connection } from "./connection.ts";
import { drawHomes, drawTable, type Homes, rightTable } from "./draw-tables.ts";
import { Ledger } from "./ledger.ts";
import type { Demand, Request, TableChanges, Told } from "./request.ts";
import type { Sabotage } from "./sabotage.ts";
import type { Life } from "./life.ts";
import { SimulatedNode } from "./simulated-node.ts";

/**
 * How the tables of the nodes are. *agree*: all the same, always. *differ*: each its own. *change*: each its own, and another
 * one now and then. *move*: all the same, and applied to all. *put*: all the same at first, and then any
 * table on a single node.
 */
export type TablePlan = (typeof TABLE_PLANS)[number];

/** All of them. */
export const TABLE_PLANS = ["agree", "differ", "change", "move", "put"] as const;

const NAMES = ["ann@lab", "bob@lab", "cid@lab", "dan@lab"].map(nodeNamed);
const GROUPS = ["a", "b", "c"];
const KEYS = ["k1", "k2"];
const BUCKETS_IN_GROUP = 2;

/** What a history is about, beside its seed. */
export interface HistoryPlan {
  /** What is broken on purpose; nothing by default. */
  readonly sabotage?: Sabotage;
  /** One of these is drawn, each as often as it stands here. */
  readonly plans?: readonly TablePlan[];
}

/** The tables are put by hand, or never changed. */
export const HAND_PLANS: readonly TablePlan[] = ["agree", "differ", "change", "change"];

/** A world with some nodes, their clients, and the books of all that these were told. */
export class History {
  readonly world: SimulatedWorld;
  readonly ledger: Ledger;
  readonly nodes: readonly SimulatedNode[];
  homes: Homes;
  /** Whether all nodes have been given the table that they begin with. */
  isUnderWay = false;
  readonly tables: TablePlan;
  /** How long a request may take that begins now. */
  timeoutMs: number;
  readonly requests: Request[] = [];
  readonly buckets: readonly string[];
  readonly keys = KEYS;
  /** When all had been mended, and nothing was on its way any more. */
  restMs = Infinity;
  /** What happened, for whoever has to understand it. */
  readonly steps: string[] = [];
  /** What happened that must not. */
  readonly bugs: unknown[] = [];
  readonly #sabotage: Sabotage;
  readonly #connections: Connection[] = [];
  readonly #storing: readonly NodeName[];

  constructor(seed: number, { sabotage = {}, plans = HAND_PLANS }: HistoryPlan = {}) {
    this.world = new SimulatedWorld(seed, {
      latencyMs: 1 + (seed % 30),
      slowWritesPercent: seed % 4 === 0 ? 30 : 0,
    });
    this.#sabotage = sabotage;
    const { chance } = this.world;
    this.ledger = new Ledger(() => this.world.nowMs);
    this.tables = chance.pick(plans);
    this.timeoutMs = chance.pick([100, 1000, 5000]);
    const names = NAMES.slice(0, 2 + chance.below(NAMES.length - 1));
    // One that stores nothing stands before the others.
    const front = names.length > 2 && chance.percent(30) ? names.at(-1) : undefined;
    this.#storing = names.filter((name) => name !== front);
    this.homes = drawHomes(chance, GROUPS, this.#storing);
    this.buckets = GROUPS.flatMap((group) =>
      Array.from({ length: BUCKETS_IN_GROUP }, (_, index) => `${group}${index + 1}`),
    );
    const terms = {
      world: this.world,
      ledger: this.ledger,
      timeoutMs: () => this.timeoutMs,
      limits: chance.percent(20) ? { queueLimitBytes: 200, overflowBytes: 600 } : {},
      sabotage,
      onBug: (error: unknown) => void this.bugs.push(error),
    };
    this.nodes = names.map((name) => {
      const table = this.drawTable(name, names);
      return new SimulatedNode({ name, stores: name !== front, table }, terms);
    });
    this.isUnderWay = true;
  }

  /** A table that `node` may be given. */
  drawTable(node: NodeName, nodes: readonly NodeName[] = this.names): ReturnType<typeof drawTable> {
    if (this.tables === "put" && this.isUnderWay) return this.drawCommonTable();
    if (this.tables !== "differ" && this.tables !== "change") return rightTable(this.homes);
    return drawTable(this.world.chance, this.homes, { self: node, nodes });
  }

  /** A table that all nodes may be given together. */
  drawCommonTable(): ReturnType<typeof drawTable> {
    return rightTable(drawHomes(this.world.chance, GROUPS, this.#storing));
  }

  get names(): readonly NodeName[] {
    return this.nodes.map(({ name }) => name);
  }

  /** How long nodes have stood still, all in all. */
  get frozenMs(): number {
    return this.nodes.reduce((sum, node) => sum + node.frozenMs, 0);
  }

  /** Writes down what is about to be done. */
  note(step: string): void {
    this.steps.push(`${this.world.nowMs.toFixed(1)} ms: ${step}`);
  }

  /** A client connects to a node that serves. */
  connect(node: SimulatedNode, life: Life, pipeline: number): Connection {
    const { process, router } = life;
    const opened = new Connection({
      router,
      pipeline,
      number: this.#connections.length,
      ignoresEpoch: this.#sabotage.ignoresEpoch === true,
      isOpen: () => !process.isDead && life.state === "serving",
      endOfTurn: (callback) => process.scheduler.endOfTurn(callback),
      onBug: (error) => void this.bugs.push(error),
      begin: (connection, demand) => this.#begin(connection, demand, node),
      settle: (request, end) => this.#settle(request, end, node),
    });
    this.#connections.push(opened);
    return opened;
  }

  /** No client asks for anything more. */
  quieten(): void {
    for (const connection of this.#connections) connection.askNoMore();
  }

  #begin(connection: Connection, demand: Demand, node: SimulatedNode): Request {
    const request: Request = {
      number: this.requests.length,
      demand,
      connection,
      node: node.name,
      begunMs: this.world.nowMs,
      timeoutMs: this.timeoutMs,
      changesBefore: this.#changes(node),
      settled: [],
      settledMs: Infinity,
      settledChanges: { own: Infinity, all: Infinity },
      thawedMs: -Infinity,
      wasSent: false,
    };
    this.requests.push(request);
    return request;
  }

  #settle(request: Request, end: Told | Error, node: SimulatedNode): void {
    request.settled.push(end);
    request.settledMs = this.world.nowMs;
    request.settledChanges = this.#changes(node);
    request.thawedMs = node.lastThawMs;
  }

  #changes(node: SimulatedNode): TableChanges {
    const all = this.nodes.reduce((sum, { tableChanges }) => sum + tableChanges, 0);
    return { own: node.tableChanges, all };
  }
}

function nodeNamed(text: string): NodeName {
  const name = parseCompleteName(text);
  if (name === undefined) throw new RangeError(`"${text}" is no complete node name`);
  return name;
}
