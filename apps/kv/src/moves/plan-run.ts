import { setTimeout } from "node:timers/promises";
import { formatBytes } from "@kv/application";
import type { NodeName } from "@kv/cluster";
import type { RoutingApplied } from "./coordinator.ts";
import { type AskNode, reasonOf, see, survey } from "./participants.ts";
import type { NodeState } from "./routing-answer.ts";
import { type AskedPlan, writtenPlan } from "./routing-answers.ts";
import { RoutingFailure } from "./routing-failure.ts";
import { textOf } from "./routing-schema.ts";

/** Who waits for a change of the table. */
export interface RunWatch {
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** Who waits, and how often nodes are asked how far they are. */
export interface RunTerms extends RunWatch {
  readonly pollMs: number;
}

type Step = "prepare" | "adopt" | "abandon" | "commit";

/** How often nothing may have moved, while buckets cannot be moved, before it is given up. */
const idlePollLimit = 15;
/** How often in a row a node may not be reached before it is given up. */
const silentPollLimit = 50;
const FINISH = "`routing apply` finishes the change once all nodes that take part answer";

/** One plan on its way through its steps, from wherever it was left. */
export class PlanRun {
  readonly #ask: AskNode;
  readonly #plan: AskedPlan;
  readonly #watch: RunTerms;
  readonly #total = { buckets: 0, bytes: 0 };

  constructor(ask: AskNode, plan: AskedPlan, watch: RunTerms) {
    this.#ask = ask;
    this.#plan = plan;
    this.#watch = watch;
  }

  /** Rejects with a {@link RoutingFailure}, or when nobody waits any more with the signal's reason. */
  async run(): Promise<RoutingApplied> {
    const { participants, planId } = this.#plan;
    const phases = new Map<NodeName, string | undefined>();
    for (const node of participants) {
      const seen = await see(this.#ask, node);
      if (seen.type === "silent") throw new RoutingFailure(`${seen.reason}; ${FINISH}`);
      const { plan } = seen.state;
      phases.set(node, plan?.planId === planId ? plan.phase : undefined);
    }
    const isAdopted = [...phases.values()].some(
      (phase) => phase !== undefined && phase !== "prepared",
    );
    await this.#prepare(nodesIn(phases, [undefined]), isAdopted);
    await this.#measure();
    const states = await this.#wait();
    await this.#everywhere("commit", nodesIn(phases, [undefined, "prepared", "adopted"]));
    return {
      planId,
      table: textOf(this.#plan.next),
      nodes: participants.toSorted(),
      movedBuckets: sum(states, ({ movedBuckets }) => movedBuckets),
      movedBytes: sum(states, ({ movedBytes }) => movedBytes),
      longestPauseMs: Math.max(0, ...states.map(({ longestPauseMs }) => longestPauseMs)),
    };
  }

  /** All or none: where one does not take part and nobody has adopted, the plan is forgotten everywhere. */
  async #prepare(nodes: readonly NodeName[], isAdopted: boolean): Promise<void> {
    const unasked = new Set(nodes);
    let failure: string | undefined;
    for (const node of nodes) {
      unasked.delete(node);
      failure = await this.#step("prepare", node);
      if (failure !== undefined) break;
    }
    if (failure === undefined) return;
    if (isAdopted) throw new RoutingFailure(`${failure}; ${FINISH}`);
    const left: string[] = [];
    for (const node of this.#plan.participants) {
      if (unasked.has(node)) continue;
      if ((await this.#step("abandon", node)) !== undefined) left.push(node);
    }
    if (left.length === 0) throw new RoutingFailure(`${failure}; nothing was changed`);
    const way = "forget it there with `routing apply --abandon`";
    throw new RoutingFailure(
      `${failure}; nothing was changed, but ${left.join(", ")} may still know of the plan: ${way}`,
    );
  }

  /** At all of them, whatever one says; then the first failure counts. */
  async #everywhere(step: Step, nodes: readonly NodeName[]): Promise<void> {
    const failures = await Promise.all(nodes.map((node) => this.#step(step, node)));
    const failure = failures.find((each) => each !== undefined);
    if (failure !== undefined) throw new RoutingFailure(`${failure}; ${FINISH}`);
  }

  /** The reason why `node` has not done it. */
  async #step(step: Step, node: NodeName): Promise<string | undefined> {
    const { planId } = this.#plan;
    const question =
      step === "prepare"
        ? ({ type: step, plan: writtenPlan(this.#plan) } as const)
        : { type: step, planId };
    try {
      const answer = await this.#ask(node, question);
      if (answer.type === "done") return undefined;
      return answer.type === "refused" ? `${node}: ${answer.reason}` : `${node} did not understand`;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** What there is to move, for the progress that is shown. */
  async #measure(): Promise<void> {
    for (const node of this.#plan.participants) {
      for (const { buckets, bytes } of await this.#heldAt(node)) {
        this.#total.buckets += buckets;
        this.#total.bytes += bytes;
      }
    }
  }

  #heldAt(node: NodeName) {
    const { signal, progress } = this.#watch;
    progress(`asking ${node} what it holds`);
    return survey(this.#ask, node, { table: textOf(this.#plan.next), signal });
  }

  /** Until nobody holds anything that is another's. */
  async #wait(): Promise<readonly NodeState[]> {
    const { signal, progress, pollMs } = this.#watch;
    const patience = new Patience();
    for (;;) {
      const states = await this.#lookAround(patience);
      if (states !== undefined && (await this.#haveAdopted(states, patience))) {
        progress(this.#progressOf(states));
        if (await this.#isAllMoved(states, patience)) return states;
        patience.seen(states);
      }
      await setTimeout(pollMs, undefined, { signal });
    }
  }

  /** The states of all; `undefined` while one of them does not answer. */
  async #lookAround(patience: Patience): Promise<readonly NodeState[] | undefined> {
    const states: NodeState[] = [];
    for (const node of this.#plan.participants) {
      const seen = await see(this.#ask, node);
      if (seen.type === "silent") {
        this.#watch.progress(`waiting for ${node}: ${seen.reason}`);
        patience.silent(seen.reason);
        return undefined;
      }
      states.push(seen.state);
    }
    return states;
  }

  /** Whether all go by the table; those that do not are asked to, also when they were killed meanwhile. */
  async #haveAdopted(states: readonly NodeState[], patience: Patience): Promise<boolean> {
    const { planId } = this.#plan;
    const waiting = states.filter(
      ({ plan }) => plan?.planId === planId && plan.phase === "prepared",
    );
    const failures = await Promise.all(waiting.map(({ node }) => this.#step("adopt", node)));
    for (const failure of failures) if (failure !== undefined) patience.silent(failure);
    const stranger = states.find(({ plan }) => plan?.planId !== planId);
    if (stranger === undefined) return waiting.length === 0;
    throw new RoutingFailure(`${stranger.node} takes no part in the change any more; ${FINISH}`);
  }

  async #isAllMoved(states: readonly NodeState[], patience: Patience): Promise<boolean> {
    if (!states.every(({ isIdle, unconfirmed }) => isIdle && unconfirmed === 0)) return false;
    const { participants, planId } = this.#plan;
    try {
      for (const node of participants) {
        if ((await this.#heldAt(node)).length === 0) continue;
        patience.silent(`${node} has buckets left that it does not move`);
        // Its mover is to look again.
        await this.#ask(node, { type: "adopt", planId });
        return false;
      }
      return true;
    } catch (error) {
      if (patience.isOver) throw error;
      patience.silent(error instanceof RoutingFailure ? error.message : reasonOf(error));
      return false;
    }
  }

  #progressOf(states: readonly NodeState[]): string {
    const { buckets, bytes } = this.#total;
    const moved = sum(states, ({ movedBuckets }) => movedBuckets);
    const movedBytes = sum(states, (state) => state.movedBytes);
    const problem = states.find((state) => state.problem !== undefined)?.problem;
    const what = `moved ${moved} buckets of ${Math.max(buckets, moved)}, ${formatBytes(movedBytes)} of ${formatBytes(Math.max(bytes, movedBytes))}`;
    return problem === undefined ? what : `${what}; ${problem}`;
  }
}

/** How long it is waited for what does not come. */
class Patience {
  #silentPolls = 0;
  #idlePolls = 0;
  #moved = -1;

  get isOver(): boolean {
    return this.#silentPolls > silentPollLimit;
  }

  /** A node does not answer, or does not do its part. Throws when that has been so for long. */
  silent(reason: string): void {
    this.#silentPolls++;
    if (this.isOver) throw new RoutingFailure(`${reason}; ${FINISH}`);
  }

  /** All have answered. Throws when something cannot be moved, and nothing else has been moved for a while. */
  seen(states: readonly NodeState[]): void {
    const moved = sum(states, ({ movedBuckets }) => movedBuckets);
    this.#idlePolls = moved === this.#moved ? this.#idlePolls + 1 : 0;
    if (moved !== this.#moved) this.#silentPolls = 0;
    this.#moved = moved;
    const stuck = states.find((state) => state.stuck > 0);
    if (stuck === undefined || this.#idlePolls < idlePollLimit) return;
    const way = "once that is mended, `routing apply` finishes the change";
    throw new RoutingFailure(`${stuck.node}: ${stuck.problem ?? "cannot move"}; ${way}`);
  }
}

function nodesIn(
  phases: ReadonlyMap<NodeName, string | undefined>,
  wanted: readonly (string | undefined)[],
): readonly NodeName[] {
  return Array.from(phases).flatMap(([node, phase]) => (wanted.includes(phase) ? [node] : []));
}

function sum(states: readonly NodeState[], of: (state: NodeState) => number): number {
  return states.reduce((total, state) => total + of(state), 0);
}
