import { ApplicationError } from "@kv/application";
import type { NodeName } from "@kv/cluster";
import type { RoutingReader, RoutingTable } from "../routing-table.ts";
import { PlanRun, type RunWatch } from "./plan-run.ts";
import { type AskNode, nodesOf, type Seen, seeAll, survey } from "./participants.ts";
import type { NodeState } from "./routing-answer.ts";
import { type AskedPlan, completed } from "./routing-answers.ts";
import { failing, RoutingFailure } from "./routing-failure.ts";
import { textOf } from "./routing-schema.ts";

/** What would move from one node to another. */
export interface PlannedMove {
  readonly from: NodeName;
  readonly to: NodeName;
  readonly buckets: number;
  /** Of keys and values. */
  readonly bytes: number;
}

/** What a change of the table would do. */
export interface RoutingPlanned {
  /** Complete names. */
  readonly table: string;
  /** The nodes that would take part. */
  readonly nodes: readonly NodeName[];
  readonly moves: readonly PlannedMove[];
}

/** A change of the table that was carried out. */
export interface RoutingApplied {
  readonly planId: string;
  readonly table: string;
  readonly nodes: readonly NodeName[];
  readonly movedBuckets: number;
  readonly movedBytes: number;
  /** How long requests for one bucket have waited at most. */
  readonly longestPauseMs: number;
}

/** How a node stands; without a state it could not be asked, and `problem` says why. */
export interface RoutingStatus {
  readonly node: NodeName;
  readonly table?: string;
  readonly origin?: NodeState["origin"];
  /** Tables that were replaced on this node alone, by which buckets may lie elsewhere yet. */
  readonly former?: readonly string[];
  readonly plan?: {
    readonly planId: string;
    readonly phase: "prepared" | "adopted" | "committed";
    readonly table: string;
  };
  readonly left?: { readonly buckets: number; readonly bytes: number };
  readonly moved?: { readonly buckets: number; readonly bytes: number };
  readonly longestPauseMs?: number;
  readonly problem?: string;
}

/** What changes of the table are made with, for operators of this node. */
export interface CoordinatorOptions {
  readonly reader: RoutingReader;
  readonly ask: AskNode;
  /** How often nodes are asked how far they are, in milliseconds; 200 by default. */
  readonly pollMs?: number;
}

/**
 * Changes the routing table of all nodes together: every one agrees to take part, then all go by the new table, each moves what it
 * gives away, and when all has moved the old table is forgotten. Whoever does this may be stopped at any moment: it can be finished
 * from any node that takes part.
 *
 * Everything fails with `COMMAND_FAILED`; the reason names the node, and what to do.
 */
export class Coordinator {
  readonly #reader: RoutingReader;
  readonly #ask: AskNode;
  readonly #pollMs: number;

  constructor({ reader, ask, pollMs = 200 }: CoordinatorOptions) {
    this.#reader = reader;
    this.#ask = ask;
    this.#pollMs = pollMs;
  }

  /** What `table` would move. Changes nothing. */
  async plan(table: RoutingTable, { signal, progress }: RunWatch): Promise<RoutingPlanned> {
    const action = "plan a routing table";
    const next = completed(table, this.#reader);
    const text = textOf(next);
    const states = everyState(action, await this.#seeFor(next));
    const moves: PlannedMove[] = [];
    for (const from of states.keys()) {
      progress(`asking ${from} what it holds`);
      const held = await failing(action, () => survey(this.#ask, from, { table: text, signal }));
      for (const { to, buckets, bytes } of held) moves.push({ from, to, buckets, bytes });
    }
    return { table: text, nodes: [...states.keys()].toSorted(), moves };
  }

  /** Carries out a change to `table`, or with `undefined` finishes the one that is under way. */
  async apply(table: RoutingTable | undefined, watch: RunWatch): Promise<RoutingApplied> {
    const action = "apply the routing table";
    const next = table === undefined ? undefined : completed(table, this.#reader);
    const states = everyState(action, await this.#seeFor(next ?? []));
    const underWay = planUnderWay(states);
    if (underWay !== undefined && next !== undefined && textOf(underWay.next) !== textOf(next)) {
      throw refused(
        action,
        `a change to ${textOf(underWay.next)} is under way; finish it with \`routing apply\` first`,
      );
    }
    if (underWay === undefined && next === undefined) {
      throw refused(action, "no change is under way; say which table: `routing apply TABLE`");
    }
    const plan =
      underWay !== undefined && isAdopted(underWay, states)
        ? underWay
        : await failing(action, () => this.#beginAnew(underWay, { next, states }));
    const pollMs = this.#pollMs;
    return await failing(action, () => new PlanRun(this.#ask, plan, { ...watch, pollMs }).run());
  }

  /** Forgets a plan that no node has adopted. */
  async abandon(): Promise<{ readonly planId: string; readonly table: string }> {
    const action = "abandon the plan";
    const states = everyState(action, await this.#seeFor([]));
    const plan = planUnderWay(states);
    if (plan === undefined) throw refused(action, "no change of the table is under way");
    const adopted = [...states].find(
      ([, { plan: known }]) => known?.planId === plan.planId && known.phase !== "prepared",
    );
    if (adopted !== undefined) {
      const reason = `${adopted[0]} goes by its table already; finish it with \`routing apply\``;
      throw refused(action, reason);
    }
    await failing(action, async () => {
      for (const node of states.keys()) {
        await this.#ask(node, { type: "abandon", planId: plan.planId });
      }
    });
    return { planId: plan.planId, table: textOf(plan.next) };
  }

  /** Has this node look for no bucket at `node` because a table from before names it. What lies there is not found by that any more. */
  async forget(node: NodeName): Promise<void> {
    const action = `forget ${node}`;
    await failing(action, async () => {
      const answer = await this.#ask(this.#reader.self, { type: "forget", node });
      if (answer.type === "refused") throw new RoutingFailure(answer.reason);
    });
  }

  /** How all nodes stand that this one knows of, this one first. */
  async status({ signal }: RunWatch): Promise<readonly RoutingStatus[]> {
    const seen = await this.#seeFor([]);
    return Promise.all(
      Array.from(seen, async ([node, what]): Promise<RoutingStatus> => {
        if (what.type === "silent") return { node, problem: what.reason };
        return this.#statusOf(what.state, signal);
      }),
    );
  }

  async #statusOf(state: NodeState, signal: AbortSignal): Promise<RoutingStatus> {
    const { node, origin, plan, problem, former = [] } = state;
    const table = textOf(state.table);
    const wanted = plan?.phase === "prepared" ? plan.next : state.table;
    const status = {
      node,
      table,
      origin,
      ...(former.length === 0 ? {} : { former: former.map((each) => textOf(each)) }),
      ...(plan === undefined
        ? {}
        : { plan: { planId: plan.planId, phase: plan.phase, table: textOf(plan.next) } }),
      moved: { buckets: state.movedBuckets, bytes: state.movedBytes },
      longestPauseMs: state.longestPauseMs,
      ...(problem === undefined ? {} : { problem }),
    };
    try {
      const held = await failing("count", () =>
        survey(this.#ask, node, { table: textOf(wanted), signal }),
      );
      const buckets = held.reduce((sum, each) => sum + each.buckets, 0);
      const bytes = held.reduce((sum, each) => sum + each.bytes, 0);
      return { ...status, left: { buckets, bytes } };
    } catch (error) {
      if (!(error instanceof ApplicationError)) throw error;
      return { ...status, problem: problem ?? error.message };
    }
  }

  #seeFor(next: RoutingTable): Promise<ReadonlyMap<NodeName, Seen>> {
    return seeAll(this.#ask, [this.#reader.self, ...nodesOf(next)]);
  }

  /**
   * A plan that nobody has adopted may have been left behind long ago: tables have changed since, and buckets are at nodes that it does
   * not know of. Its table is applied by a plan that begins from what is now.
   */
  async #beginAnew(
    left: AskedPlan | undefined,
    { next = left?.next ?? [], states }: BeginTerms,
  ): Promise<AskedPlan> {
    for (const [node, { plan }] of states) {
      if (left === undefined || plan?.planId !== left.planId) continue;
      const answer = await this.#ask(node, { type: "abandon", planId: left.planId });
      if (answer.type === "refused") throw new RoutingFailure(`${node}: ${answer.reason}`);
    }
    return this.#newPlan(next, states);
  }

  #newPlan(next: RoutingTable, states: ReadonlyMap<NodeName, NodeState>): AskedPlan {
    // Tables may have been put on single nodes: where a bucket lies is in one of them all.
    const known = [...states.values()].flatMap(({ table, former = [] }) => former.concat([table]));
    const tables = new Map(known.map((table) => [textOf(table), table]));
    const previous = [...tables.values()];
    return { planId: crypto.randomUUID(), next, previous, participants: [...states.keys()] };
  }
}

/** What a plan begins from; without a table it is that of the plan that was left behind. */
interface BeginTerms {
  readonly next?: RoutingTable | undefined;
  readonly states: ReadonlyMap<NodeName, NodeState>;
}

/** Whether some node goes by the table of the plan already. */
function isAdopted({ planId }: AskedPlan, states: ReadonlyMap<NodeName, NodeState>): boolean {
  return states.values().some(({ plan }) => plan?.planId === planId && plan.phase !== "prepared");
}

/** The states of all nodes; throws when one of them could not be asked. */
function everyState(
  action: string,
  seen: ReadonlyMap<NodeName, Seen>,
): ReadonlyMap<NodeName, NodeState> {
  const states = new Map<NodeName, NodeState>();
  for (const [node, what] of seen) {
    if (what.type === "silent") {
      const reason = `${what.reason}; every node that takes part has to run, and nothing was changed`;
      throw refused(action, reason);
    }
    states.set(node, what.state);
  }
  return states;
}

/** The plan that some node has not finished. */
function planUnderWay(states: ReadonlyMap<NodeName, NodeState>): AskedPlan | undefined {
  for (const { plan } of states.values()) {
    if (plan === undefined || plan.phase === "committed") continue;
    const { planId, next, previous, participants } = plan;
    return { planId, next, previous, participants };
  }
  return undefined;
}

function refused(action: string, reason: string): ApplicationError {
  return new ApplicationError("COMMAND_FAILED", { action, reason });
}
