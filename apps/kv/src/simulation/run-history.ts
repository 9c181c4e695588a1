import { act, type Clients, furnish } from "./act.ts";
import { endHistory } from "./end-history.ts";
import { History, type HistoryPlan } from "./history.ts";
import { simulateTimers } from "./process-timers.ts";
import { judgeCells } from "./judge-cells.ts";
import { judgeListings } from "./judge-listings.ts";
import { judgeOrder, judgeRequests } from "./judge-requests.ts";
import type { Rule } from "./violation.ts";
import { Violation } from "./violation.ts";

/** How a history is run. */
export interface HistoryOptions extends HistoryPlan {
  /** How many things happen; 60 by default. */
  readonly steps?: number;
}

/** A cluster did what it must not do. The message tells how to see it again. */
export class HistoryFailure extends Error {
  override readonly name = "HistoryFailure";
  /** The rule that was broken, if it is one of those. */
  readonly rule: Rule | undefined;

  constructor(
    seed: number,
    { steps, plan }: { readonly steps: readonly string[]; readonly plan: HistoryPlan },
    cause: unknown,
  ) {
    const plans = plan.plans === undefined ? "" : `KV_TEST_TABLES=${plan.plans.join()} `;
    const replay = `KV_TEST_SEED=${seed} ${plans}node --test apps/kv/src/simulation/simulation.test.ts`;
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`seed ${seed}: ${reason}\n${steps.join("\n")}\n${replay} replays it`, {
      cause,
    });
    this.rule = cause instanceof Violation ? cause.rule : undefined;
  }
}

/**
 * Lets some nodes live through what `seed` draws, and their clients with them; mends all, looks at all of it, and judges what
 * everybody was told. Throws a {@link HistoryFailure}.
 */
export async function runHistory(
  seed: number,
  { steps = 60, ...plan }: HistoryOptions = {},
): Promise<History> {
  const history = new History(seed, plan);
  const clients: Clients = new Map();
  using _ = simulateTimers();
  try {
    for (const node of history.nodes) node.start();
    const isUp = (): boolean => history.nodes.every(({ life }) => life?.state === "serving");
    if (history.world.chance.percent(80)) {
      await history.world.runUntil(isUp);
      furnish(history);
    }
    for (let step = 0; step < steps; step++) {
      await act(history, clients);
      if (history.bugs.length > 0) throw history.bugs[0];
    }
    await endHistory(history);
    if (history.bugs.length > 0) throw history.bugs[0];
    judgeRequests(history);
    judgeOrder(history);
    judgeListings(history, judgeCells(history));
  } catch (error) {
    throw new HistoryFailure(seed, { steps: history.steps, plan }, error);
  }
  return history;
}
