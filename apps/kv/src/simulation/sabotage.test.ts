/** A simulation that finds nothing is worth nothing: rules that are broken on purpose, and by when that is noticed. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { HistoryPlan, TablePlan } from "./history.ts";
import { HistoryFailure, runHistory } from "./run-history.ts";
import {
  asksNoFormerOwner,
  deniesWhatWasSent,
  holderSendsOn,
  leavesOutTheDead,
  sendsAgain,
  setsCallsAside,
  takesSilenceForNo,
} from "./sabotages.ts";
import type { Sabotage } from "./sabotage.ts";
import type { Rule } from "./violation.ts";

/** Five times what the one that is hardest to see takes on average: it shows in one of 180. */
const HISTORIES = 900;

const sabotages: readonly (readonly [
  name: string,
  sabotage: Sabotage,
  rules: readonly Rule[],
  plans?: readonly TablePlan[],
])[] = [
  ["logs that are not synced", { sync: "never" }, ["nothing lost"]],
  ["unread frames of an old link that are served", setsCallsAside({ drops: false }), ["in order"]],
  [
    "requests that do not wait when the table has changed",
    { ignoresEpoch: true },
    ["in order", "nothing lost"],
  ],
  ["a holder that goes by its table", holderSendsOn, ["found again"]],
  [
    "former owners that are not asked",
    asksNoFormerOwner,
    ["nothing lost", "one home", "found again"],
    ["put"],
  ],
  [
    "former owners whose silence is taken for a no",
    takesSilenceForNo,
    ["nothing lost", "one home", "found again"],
    ["put"],
  ],
  ["writes that were sent and are denied", deniesWhatWasSent, ["told the truth"]],
  ["calls that are sent again", sendsAgain, ["applied once", "told the truth"]],
  ["listings without the nodes that are dead", leavesOutTheDead, ["no short list"]],
];

suite("the simulation notices", () => {
  for (const [name, sabotage, rules, plans] of sabotages) {
    test(name, async (t) => {
      for (let seed = 1; seed <= HISTORIES; seed++) {
        const rule = await brokenRule(seed, { sabotage, ...(plans && { plans }) });
        if (rule === undefined) continue;
        t.diagnostic(`in history ${seed}, as "${rule}"`);
        assert.ok(rules.includes(rule), `another rule is broken than should be: ${rule}`);
        return;
      }
      assert.fail(`${HISTORIES} histories went well`);
    });
  }
});

test("calls that are set aside, and dropped with their link, break no rule", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    await runHistory(seed, { sabotage: setsCallsAside({ drops: true }) });
  }
});

async function brokenRule(seed: number, plan: HistoryPlan): Promise<Rule | undefined> {
  try {
    await runHistory(seed, plan);
  } catch (error) {
    assert.ok(error instanceof HistoryFailure && error.rule !== undefined, String(error));
    return error.rule;
  }
  return undefined;
}
