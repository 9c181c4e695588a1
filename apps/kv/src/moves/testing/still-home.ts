import type { Answer } from "@kv/storage";
import type { MoveOutcome } from "../../remote/move-request.ts";
import type { RoutingTable } from "../../routing-table.ts";
import type { MovesAtHome } from "../mover.ts";
import type { PlanOutcome, PlansAtHome } from "../routing-answers.ts";
import type { ArrivalsAtHome } from "../served-moves.ts";

/** A node whose buckets stay where they are: it takes part in no plan, and takes no bucket in. */
export function stillHome(table: () => RoutingTable): MovesAtHome & PlansAtHome & ArrivalsAtHome {
  return {
    tables: () => ({ inForce: table(), origin: "configuration", plan: undefined }),
    prepare: () => refused,
    adopt: () => refused,
    abandon: () => done,
    forget: () => done,
    commit: () => refused,
    adoptedPlanId: () => undefined,
    misplaced: () => nothing(),
    depart: () => undefined,
    moved: () => [],
    confirm: () => Promise.resolve(),
    isServed: () => true,
    begin: () => refused,
    add: () => refused,
    activate: () => refused,
  };
}

const refused: Answer<Extract<PlanOutcome & MoveOutcome, { type: "refused" }>> = {
  outcome: { type: "refused", reason: "it keeps no record of moves" },
  durable: undefined,
};
const done: Answer<PlanOutcome> = { outcome: { type: "done" }, durable: undefined };

async function* nothing(): AsyncGenerator<never> {}
