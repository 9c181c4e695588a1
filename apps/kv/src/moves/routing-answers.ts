import { type NodeName, parseNodeName } from "@kv/cluster";
import type { Answering } from "@kv/storage";
import type { BucketName } from "../bucket-name.ts";
import type { Fence } from "../placement/fence.ts";
import { compileRoutingTable, type RoutingReader, type RoutingTable } from "../routing-table.ts";
import type { MovedRecord } from "./departing.ts";
import type { MoverReport } from "./mover.ts";
import type { NodeState, WrittenAnswer } from "./routing-answer.ts";
import type { RoutingQuestion } from "./routing-question.ts";
import { textOf } from "./routing-schema.ts";
import { Survey, type SurveyedStore } from "./survey.ts";

/** A plan as this node is asked to take part in it. */
export type AskedPlan = Extract<RoutingQuestion, { type: "prepare" }>["plan"];

/** What came of a step of a plan. */
export type PlanOutcome =
  | { readonly type: "done" }
  | { readonly type: "refused"; readonly reason: string };

/** The tables of this node, and the plan it takes part in. */
export interface TablesAtHome {
  readonly inForce: RoutingTable;
  readonly origin: NodeState["origin"];
  /** In their short form; see `NodeState.former`. */
  readonly former?: readonly string[];
  readonly plan: (AskedPlan & { readonly phase: "prepared" | "adopted" | "committed" }) | undefined;
}

/** The steps of a plan at this node, durable when they are answered. */
export interface PlansAtHome {
  tables(): TablesAtHome;
  prepare(plan: AskedPlan): Answering<PlanOutcome>;
  adopt(planId: string): Answering<PlanOutcome>;
  abandon(planId: string): Answering<PlanOutcome>;
  commit(planId: string): Answering<PlanOutcome>;
  /** Looks for no bucket at `node` because a table from before names it. */
  forget(node: NodeName): Answering<PlanOutcome>;
  moved(): Iterable<MovedRecord>;
  /** What keeps clients from writing here; none where they write to a cluster. */
  readonly fence?: Pick<Fence, "sinceMs" | "obstacle" | "putUp" | "takeDown"> | undefined;
  /** Whether the bucket, which lies in the store, is served here. */
  isServed(bucket: BucketName): boolean;
}

/** Of whom the questions are asked. */
export interface RoutingAnswersOptions {
  readonly reader: RoutingReader;
  readonly plans: PlansAtHome;
  /** Why this node cannot go by a table, if it cannot. */
  readonly problemOf: (table: RoutingTable) => string | undefined;
  /** `undefined` while it is not open; `"none"` where there is none. */
  readonly store: () => SurveyedStore | "none" | undefined;
  readonly linked: () => readonly NodeName[];
  readonly mover: { readonly report: MoverReport; wake(): void };
  readonly nowMs: () => number;
}

/** How long one question may go on counting. */
const surveyStepMs = 500;
/** Surveys that are kept. */
const surveyLimit = 8;

/** Answers, for one node, what it is asked about the routing table: by others and by itself. */
export class RoutingAnswers {
  readonly #options: RoutingAnswersOptions;
  readonly #surveys = new Map<string, RunningSurvey>();

  constructor(options: RoutingAnswersOptions) {
    this.#options = options;
  }

  /** Rejects with a `StorageError`, or the `KvError` that there is no store. */
  async answer(question: RoutingQuestion): Promise<WrittenAnswer> {
    const { plans } = this.#options;
    switch (question.type) {
      case "prepare": {
        const reason = this.#options.problemOf(question.plan.next);
        if (reason !== undefined) return { type: "refused", reason };
        return durably(plans.prepare(question.plan));
      }
      case "adopt": {
        const answer = await durably(plans.adopt(question.planId));
        this.#options.mover.wake();
        return answer;
      }
      case "abandon":
        return durably(plans.abandon(question.planId));
      case "commit":
        return durably(plans.commit(question.planId));
      case "forget":
        return durably(plans.forget(question.node));
      case "fence":
        return await this.#fence(question.sinceMs);
      case "unfence":
        return await this.#unfence();
      case "survey":
        return this.#survey(question);
      case "state":
    }
    return this.#state();
  }

  /** Durable when it is answered. A node that stores nothing has nothing to fence. */
  async #fence(sinceMs: number): Promise<WrittenAnswer> {
    const { plans, store } = this.#options;
    const opened = store();
    if (opened === "none") return { type: "done" };
    if (opened === undefined) return { type: "refused", reason: "its store is not open" };
    const { fence } = plans;
    const reason = fence === undefined ? "it has no fence" : fence.obstacle;
    if (reason !== undefined) return { type: "refused", reason };
    await fence?.putUp(sinceMs);
    return { type: "done" };
  }

  async #unfence(): Promise<WrittenAnswer> {
    const { fence } = this.#options.plans;
    if (fence?.sinceMs !== undefined) await fence.takeDown();
    return { type: "done" };
  }

  #state(): WrittenAnswer {
    const { reader, plans, store, linked, mover } = this.#options;
    const fencedSinceMs = plans.fence?.sinceMs;
    const { inForce, origin, plan, former = [] } = plans.tables();
    const { movedBytes, longestPauseMs, isIdle, stuck, problem } = mover.report;
    const records = Array.from(plans.moved());
    return {
      type: "state",
      node: reader.self,
      table: textOf(completed(inForce, reader)),
      origin,
      ...(plan === undefined ? {} : { plan: writtenPlan(plan) }),
      ...(former.length === 0 ? {} : { former: [...former] }),
      ...(fencedSinceMs === undefined ? {} : { fencedSinceMs }),
      ...(store() === "none" ? { storesNothing: true } : {}),
      linked: [...linked()],
      movedBuckets: records.filter(({ planId }) => planId === plan?.planId).length,
      movedBytes,
      unconfirmed: records.filter(({ isConfirmed }) => !isConfirmed).length,
      isIdle,
      longestPauseMs,
      stuck,
      ...(problem === undefined ? {} : { problem: problem.slice(0, 4096) }),
    };
  }

  async #survey({
    surveyId,
    table,
  }: Extract<RoutingQuestion, { type: "survey" }>): Promise<WrittenAnswer> {
    const { reader, plans, store, nowMs } = this.#options;
    const opened = store();
    if (opened === undefined) return { type: "refused", reason: "the store is not open" };
    if (opened === "none") return { type: "survey", isWhole: true, held: [] };
    const running =
      this.#surveys.get(surveyId) ??
      new RunningSurvey(
        new Survey({
          self: reader.self,
          owners: compileRoutingTable(table, reader),
          store: opened,
          isServed: (bucket) => plans.isServed(bucket),
        }),
      );
    this.#surveys.set(surveyId, running);
    for (const oldest of this.#surveys.keys()) {
      if (this.#surveys.size > surveyLimit) this.#surveys.delete(oldest);
    }
    const endMs = nowMs() + surveyStepMs;
    const { survey } = running;
    await running.advance(() => nowMs() >= endMs);
    if (survey.isWhole) this.#surveys.delete(surveyId);
    return { type: "survey", isWhole: survey.isWhole, held: survey.held };
  }
}

/** A survey that goes on for one question at a time. */
class RunningSurvey {
  readonly survey: Survey;
  #latest: Promise<void> = Promise.resolve();

  constructor(survey: Survey) {
    this.survey = survey;
  }

  advance(isTimeUp: () => boolean): Promise<void> {
    const step = this.#latest.then(() => this.survey.advance(isTimeUp));
    this.#latest = step.catch(() => undefined);
    return step;
  }
}

/** `table` with complete names, as it means the same on every node. */
export function completed(table: RoutingTable, reader: RoutingReader): RoutingTable {
  return table.map(({ from, to, node }) => ({
    from,
    to,
    node: node === "self" ? reader.self : (parseNodeName(node, reader.host) ?? node),
  }));
}

/** A plan as it is written to others. */
export function writtenPlan<Plan extends AskedPlan>(
  plan: Plan,
): Omit<Plan, "next" | "previous" | "participants"> & {
  readonly next: string;
  readonly previous: string[];
  readonly participants: string[];
} {
  const { next, previous, participants, ...rest } = plan;
  return {
    ...rest,
    next: textOf(next),
    previous: previous.map((table) => textOf(table)),
    participants: [...participants],
  };
}

async function durably(answering: Answering<PlanOutcome>): Promise<WrittenAnswer> {
  const { outcome, durable } = await answering;
  await durable;
  return outcome;
}
