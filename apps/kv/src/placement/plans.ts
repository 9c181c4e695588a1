import type { NodeName } from "@kv/cluster";
import type { Answer } from "@kv/storage";
import { emit } from "../events.ts";
import {
  type AskedPlan,
  completed,
  type PlanOutcome,
  type TablesAtHome,
  writtenPlan,
} from "../moves/routing-answers.ts";
import { textOf } from "../moves/routing-schema.ts";
import {
  type CompiledRoutingTable,
  compileRoutingTable,
  type RoutingReader,
  type RoutingTable,
} from "../routing-table.ts";
import { FormerTables } from "./former-tables.ts";
import type { Notes } from "./notes.ts";
import { noRecords, type PlacementRecords, type PlanRecord, recordKey } from "./records.ts";

/** What plans look at. */
export interface PlansOptions {
  readonly reader: RoutingReader;
  /** The table of the configuration, or the one that was put; another object each time it is set. */
  readonly configured: () => RoutingTable;
  readonly notes: Notes;
  /** Who serves what may be another one from now on. */
  readonly onChange: () => void;
}

/** The changes of the table that this node has agreed to, and the table in force that comes of them. */
export class Plans {
  readonly #options: PlansOptions;
  /** What was replaced by hand, or by another configuration. */
  readonly former: FormerTables;
  #records: Pick<PlacementRecords, "plan" | "applied" | "inForce" | "former" | "fenced"> =
    noRecords();
  /** The configured table as it was when the applied one came into force: one that was put later beats that. */
  #baseline: RoutingTable;
  #previous: readonly CompiledRoutingTable[] | undefined;
  #next: CompiledRoutingTable | undefined;
  /** The table that was in force at the last look. */
  #latest: RoutingTable | undefined;

  constructor(options: PlansOptions) {
    this.#options = options;
    this.#baseline = options.configured();
    this.former = new FormerTables({ ...options, records: () => this.#records });
  }

  /** Goes on from what was written down, which it changes as time goes by. Resolves when it is known by which table. */
  async load(records: PlacementRecords): Promise<void> {
    this.#records = records;
    this.former.compile();
    // One that was put while the node started replaces that by which it was to start.
    this.#latest = this.#applied() ?? this.#baseline;
    await this.former.goneBy(this.#latest);
    this.#changed();
    this.#warnOfOtherTable();
  }

  /** The table in force. The same object until there is another one. */
  get table(): RoutingTable {
    const now = this.#inForce();
    if (now !== this.#latest && this.#latest !== undefined) {
      this.#latest = now;
      // What nobody has looked at in between has let nobody do anything. The writes are in order, and so is what comes of them.
      void this.former.goneBy(now);
      this.#options.onChange();
    }
    return now;
  }

  #inForce(): RoutingTable {
    const configured = this.#options.configured();
    return configured === this.#baseline ? (this.#applied() ?? configured) : configured;
  }

  /** Who had which bucket by the tables of all nodes from before, from the moment on when one of them may go by the next. */
  get previous(): readonly CompiledRoutingTable[] | undefined {
    return this.#previous;
  }

  /** Who is going to have which bucket by a plan that was agreed to. */
  get next(): CompiledRoutingTable | undefined {
    return this.#next;
  }

  /** The plan that is being carried out. */
  get adoptedPlanId(): string | undefined {
    const { plan } = this.#records;
    return plan?.phase === "adopted" ? plan.planId : undefined;
  }

  tables(): TablesAtHome {
    const isConfigured = this.#options.configured() === this.#baseline;
    const applied = this.#applied() === undefined ? "configuration" : "applied";
    const origin = isConfigured ? applied : "put";
    const inForce = this.table;
    return { inForce, origin, plan: this.#records.plan, former: this.former.texts };
  }

  prepare(plan: AskedPlan): Answer<PlanOutcome> {
    if (this.#records.fenced !== undefined) {
      return refused("it is fenced: it takes no writes; `fence off` ends that");
    }
    const known = this.#records.plan;
    if (known?.planId === plan.planId) return DONE;
    if (known !== undefined && known.phase !== "committed") {
      return refused(
        `a change to ${textOf(known.next)} is under way; \`routing apply\` finishes it`,
      );
    }
    return this.#setPlan({ ...plan, phase: "prepared" });
  }

  adopt(planId: string): Answer<PlanOutcome> {
    const known = this.#records.plan;
    if (known?.planId !== planId) return refused("it takes no part in this change");
    if (known.phase !== "prepared") return DONE;
    // One that was put in the meantime is noted before.
    void this.table;
    this.#baseline = this.#options.configured();
    const answer = this.#setPlan({ ...known, phase: "adopted" });
    this.#latest = this.#inForce();
    void this.former.applied(this.#latest);
    return answer;
  }

  abandon(planId: string): Answer<PlanOutcome> {
    const known = this.#records.plan;
    if (known?.planId !== planId) return DONE;
    if (known.phase !== "prepared") return refused("it goes by the table of this change already");
    this.#records.plan = undefined;
    this.#changed();
    const durable = this.#options.notes.erase(recordKey.plan);
    return { outcome: { type: "done" }, durable };
  }

  commit(planId: string): Answer<PlanOutcome> {
    const known = this.#records.plan;
    if (known?.planId !== planId) return refused("it takes no part in this change");
    if (known.phase === "prepared") return refused("it does not go by the table of this change");
    this.#records.applied = known.next;
    void this.#options.notes.write(recordKey.applied, textOf(known.next));
    this.former.doneAt(known.participants);
    return this.#setPlan({ ...known, phase: "committed" });
  }

  /** Looks for no bucket at `node` because a table from before names it. */
  forget(node: NodeName): Answer<PlanOutcome> {
    const durable = this.former.forget(node);
    this.#options.onChange();
    return { outcome: { type: "done" }, durable };
  }

  #applied(): RoutingTable | undefined {
    const { plan, applied } = this.#records;
    return plan === undefined || plan.phase === "prepared" ? applied : plan.next;
  }

  #setPlan(plan: PlanRecord): Answer<PlanOutcome> {
    this.#records.plan = plan;
    this.#changed();
    const durable = this.#options.notes.write(recordKey.plan, writtenPlan(plan));
    return { outcome: { type: "done" }, durable };
  }

  #changed(): void {
    const { plan } = this.#records;
    const { reader, onChange } = this.#options;
    this.#previous =
      plan === undefined || plan.phase === "committed"
        ? undefined
        : plan.previous.map((table) => compileRoutingTable(table, reader));
    this.#next = plan?.phase === "prepared" ? compileRoutingTable(plan.next, reader) : undefined;
    onChange();
  }

  #warnOfOtherTable(): void {
    const applied = this.#applied();
    if (applied === undefined) return;
    const { reader } = this.#options;
    const configured = textOf(completed(this.#baseline, reader));
    if (configured === textOf(applied)) return;
    const message = `goes by the routing table that was applied, ${textOf(applied)}, and not by that of its configuration, ${configured}; \`routing apply\` changes it`;
    emit({ level: "warn", type: "other-table", node: reader.self, message });
  }
}

const DONE: Answer<PlanOutcome> = { outcome: { type: "done" }, durable: undefined };

function refused(reason: string): Answer<PlanOutcome> {
  return { outcome: { type: "refused", reason }, durable: undefined };
}
