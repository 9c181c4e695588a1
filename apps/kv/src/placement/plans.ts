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
  #records: Pick<PlacementRecords, "plan" | "applied"> = noRecords();
  /** The configured table as it was when the applied one came into force: one that was put later beats that. */
  #baseline: RoutingTable;
  #previous: CompiledRoutingTable | undefined;
  #next: CompiledRoutingTable | undefined;

  constructor(options: PlansOptions) {
    this.#options = options;
    this.#baseline = options.configured();
  }

  /** Goes on from what was written down, which it changes as time goes by. */
  load(records: Pick<PlacementRecords, "plan" | "applied">): void {
    this.#records = records;
    this.#changed();
    this.#warnOfOtherTable();
  }

  /** The table in force. The same object until there is another one. */
  get table(): RoutingTable {
    const configured = this.#options.configured();
    return configured === this.#baseline ? (this.#applied ?? configured) : configured;
  }

  /** Who had which bucket by the table from before, while buckets are being moved. */
  get previous(): CompiledRoutingTable | undefined {
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
    const applied = this.#applied === undefined ? "configuration" : "applied";
    const origin = isConfigured ? applied : "put";
    return { inForce: this.table, origin, plan: this.#records.plan };
  }

  prepare(plan: AskedPlan): Answer<PlanOutcome> {
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
    this.#baseline = this.#options.configured();
    return this.#setPlan({ ...known, phase: "adopted" });
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
    return this.#setPlan({ ...known, phase: "committed" });
  }

  get #applied(): RoutingTable | undefined {
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
      plan?.phase === "adopted" ? compileRoutingTable(plan.previous, reader) : undefined;
    this.#next = plan?.phase === "prepared" ? compileRoutingTable(plan.next, reader) : undefined;
    onChange();
  }

  #warnOfOtherTable(): void {
    const applied = this.#applied;
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
