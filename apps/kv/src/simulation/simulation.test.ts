import assert from "node:assert/strict";
import { test } from "node:test";
import { type History, type HistoryPlan, TABLE_PLANS } from "./history.ts";
import { runHistory } from "./run-history.ts";

/** Some fifteen seconds on a core that has nothing else to do. */
const HISTORIES = 1000;

/** What a simulation that has lost its bite does not come to any more. */
const BITES = [
  "KV_CONGESTED",
  "KV_CONNECTION_LOST",
  "KV_NOT_ANSWERED",
  "KV_NO_CONNECTION",
  "KV_NO_ROUTE",
  "KV_ROUTING_LOOP",
  "agree",
  "break",
  "change",
  "conflict",
  "counted",
  "created",
  "cut",
  "cutPower",
  "deleted",
  "differ",
  "dropped",
  "exists",
  "found",
  "freeze",
  "give",
  "heal",
  "kill",
  "listed",
  "missing",
  "never heard of",
  "no-bucket",
  "slow",
  "start",
  "stop",
  "stored",
  "stored, and never heard of",
  "stored, and nobody knows",
  "thaw",
];

const {
  KV_TEST_SEED: seedText = "",
  KV_TEST_HISTORIES: histories = "",
  KV_TEST_TABLES: tablesText = "",
} = process.env;
const first = Math.floor(Math.random() * 2 ** 31);

if (seedText !== "") {
  test(`the history of seed ${seedText} goes well`, async (t) => {
    const { steps } = await runHistory(Number(seedText), plansNamed(tablesText));
    for (const step of steps) t.diagnostic(step);
  });
} else {
  test("a cluster keeps its word whatever happens to its nodes and the network", async (t) => {
    const number = histories === "" ? HISTORIES : Number(histories);
    t.diagnostic(`${number} histories, the first of seed ${first}`);
    const counts = new Map<string, number>();
    for (let seed = first; seed < first + number; seed++) {
      const history = await runHistory(seed);
      for (const what of happenings(history)) counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    t.diagnostic([...counts].map(([what, times]) => `${what}: ${times}`).join(", "));
    const lost = BITES.filter((what) => number >= 1000 && (counts.get(what) ?? 0) < 10);
    assert.deepEqual(lost, [], "hardly ever happened");
  });
}

/** Some five seconds. */
const MOVES = 200;

test("a cluster keeps its word while tables are applied and buckets move", async (t) => {
  const number = histories === "" ? MOVES : Number(histories);
  t.diagnostic(`${number} histories, the first of seed ${first}`);
  const ends = new Map<string, number>();
  for (let seed = first; seed < first + number; seed++) {
    const { steps } = await runHistory(seed, { plans: ["move"] });
    for (const step of steps) {
      const end = /(?<= ms: )(?:not applied|applied)|(?<=: )[1-9]\d* buckets moved/u.exec(
        step,
      )?.[0];
      if (end === undefined) continue;
      const what = end.includes("moved") ? "moved" : end;
      ends.set(what, (ends.get(what) ?? 0) + 1);
    }
  }
  t.diagnostic([...ends].map(([end, times]) => `${end}: ${times}`).join(", "));
  assert.ok((ends.get("applied") ?? 0) > number / 10, "hardly ever applied");
});

/** Some six seconds. */
const PUTS = 300;

test("a cluster hides and forks nothing whatever tables are put on single nodes", async (t) => {
  const number = histories === "" ? PUTS : Number(histories);
  t.diagnostic(`${number} histories, the first of seed ${first}`);
  let [given, loops, found] = [0, 0, 0];
  for (let seed = first; seed < first + number; seed++) {
    const { steps, requests } = await runHistory(seed, { plans: ["put"] });
    given += steps.filter((step) => step.includes(": give ")).length;
    for (const { settled } of requests) {
      const [end] = settled;
      if (end instanceof Error && "code" in end && end.code === "KV_ROUTING_LOOP") loops++;
      else if (end !== undefined && !(end instanceof Error) && end.type === "found") found++;
    }
  }
  t.diagnostic(`tables put: ${given}, found: ${found}, loops: ${loops}`);
  assert.ok(given > number && found > number, "hardly ever happened");
});

/** What `KV_TEST_TABLES` says, as a failing history prints it. */
function plansNamed(text: string): HistoryPlan {
  const plans = TABLE_PLANS.filter((plan) => text.split(",").includes(plan));
  return plans.length === 0 ? {} : { plans };
}

test("runHistory() does the same again for the same seed", async () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    for (const plans of [["agree", "differ", "change"], ["move"], ["put"]] as const) {
      const [one, other] = [await runHistory(seed, { plans }), await runHistory(seed, { plans })];
      assert.deepEqual(one.steps, other.steps);
      assert.deepEqual(toldBy(one), toldBy(other));
    }
  }
});

/** All that is told of a history, time by time. */
function toldBy({ requests, ledger }: History): readonly unknown[] {
  return requests.map(({ number, node, begunMs, settledMs, settled }) => {
    const ends = settled.map((end) => (end instanceof Error ? end.message : end));
    return { node, begunMs, settledMs, ends, done: ledger.doneBy(number) };
  });
}

function happenings({ steps, requests, tables, ledger }: History): readonly string[] {
  const ends = requests.map(({ number, settled: [end] }) => {
    const isDone = ledger.doneBy(number).length > 0;
    if (end === undefined) return isDone ? "stored, and never heard of" : "never heard of";
    if (!(end instanceof Error)) return end.type;
    if (isDone) return "stored, and nobody knows";
    return "code" in end ? String(end.code) : end.message;
  });
  // The first word of each step, behind its time.
  return [tables, ...ends, ...steps.map((step) => /(?<= ms: )\w+/u.exec(step)?.[0] ?? step)];
}
