import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Operation } from "../data/traffic.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { Verdict } from "../report/report.ts";
import type { Generator } from "./redis-contenders.ts";
import { besideTable, type MeasuredWay, routedTable, type Way } from "./routed-report.ts";
import { besideVerdicts, routedVerdicts } from "./routed-verdicts.ts";

/** What a way comes to by each generator: requests a second, and microseconds of CPU time for each. */
interface Made {
  readonly rate: number;
  /** `undefined`: there is no redis-benchmark. */
  readonly byTool?: number | undefined;
  readonly cpu?: number;
  readonly cpuByTool?: number;
}

const RATE = 100;
const CPU = 90;

function measurement(rate: number, cpu: number): Measurement {
  return {
    operations: rate,
    elapsedMs: 1_000,
    cpuUs: cpu * rate,
    frontCpuUs: 7 * rate,
    latencyUs: { p50: 1, p99: 2, max: 3 },
    generatorCpuUs: undefined,
    cacheHits: undefined,
  };
}

function measuredOf(
  [operation, pipeline]: readonly [Operation, number],
  made: Readonly<Partial<Record<Way, Made>>>,
): readonly MeasuredWay[] {
  const row = (generator: Generator, way: Way, figures: Measurement): MeasuredWay => ({
    name: `${generator}, ${way}`,
    generator,
    way,
    subject: { measure: () => Promise.resolve(figures), sweep: () => Promise.resolve() },
    traffic: { operation, pipeline, connections: 50, keys: 10, access: { type: "uniform" } },
    rounds: [figures, figures],
  });
  const ways: readonly Way[] = [
    ...(["local", "routed", "routed, no store", "alone"] as const),
    ...(["lives", "is frozen", "is dead"] as const),
  ];
  return ways.flatMap((way) => {
    const figures = made[way];
    if (figures === undefined) return [];
    const { rate, cpu = CPU, cpuByTool = cpu } = figures;
    const byTool = "byTool" in figures ? figures.byTool : rate;
    const load = row("load", way, measurement(rate, cpu));
    if (byTool === undefined) return [load];
    return [load, row("redis-benchmark", way, measurement(byTool, cpuByTool))];
  });
}

const base: Made = { rate: RATE };

function only(verdicts: readonly Verdict[], claim: RegExp): Verdict {
  const found = verdicts.filter((verdict) => claim.test(verdict.claim));
  assert.equal(found.length, 1);
  return found[0] ?? assert.fail();
}

const RATES = /the rate of local ones$/u;
const COST = /at most a third of a local one's CPU/u;
const routedCases: readonly [
  what: string,
  traffic: readonly [Operation, number],
  routed: Made,
  claim: RegExp,
  outcome: Verdict["outcome"],
][] = [
  ["pipelined, fast", ["get", 16], { rate: 85 }, RATES, "met"],
  ["pipelined, slow", ["get", 16], { rate: 84 }, RATES, "missed"],
  ["pipelined, slow by the tool", ["get", 16], { rate: 90, byTool: 84 }, RATES, "missed"],
  ["pipelined, slow by the load", ["get", 16], { rate: 84, byTool: 90 }, RATES, "missed"],
  ["single, fast", ["put", 1], { rate: 90 }, RATES, "met"],
  ["single, slow", ["put", 1], { rate: 89 }, RATES, "missed"],
  ["single, cheap", ["put", 1], { rate: 1, cpu: 30 }, COST, "met"],
  ["single, dear", ["put", 1], { rate: 100, cpu: 31 }, COST, "missed"],
  ["single, dear by the tool", ["put", 1], { rate: 1, cpu: 30, cpuByTool: 31 }, COST, "missed"],
  ["no CPU time", ["put", 1], { rate: 100, cpu: Number.NaN }, COST, "skipped"],
];

/** What comes of routed gets when there is no redis-benchmark. */
function byLoadOnly(rate: number): Verdict {
  const ways = { local: { rate: RATE, byTool: undefined }, routed: { rate, byTool: undefined } };
  return only(routedVerdicts(measuredOf(["get", 16], ways)), RATES);
}

suite("routedVerdicts()", () => {
  for (const [what, traffic, routed, claim, outcome] of routedCases) {
    test(`${what}: ${outcome}`, () => {
      const verdicts = routedVerdicts(measuredOf(traffic, { local: base, routed }));
      assert.equal(only(verdicts, claim).outcome, outcome);
    });
  }

  test("shows what both generators found", () => {
    const measured = measuredOf(["get", 16], { local: base, routed: { rate: 86, byTool: 87 } });
    assert.equal(
      only(routedVerdicts(measured), RATES).measured,
      "0.86x (0.86–0.86), by redis-benchmark 0.87x (0.87–0.87)",
    );
  });

  test("call nothing met that one generator says, and missed what it says is", () => {
    assert.equal(byLoadOnly(99).outcome, "skipped");
    assert.equal(byLoadOnly(99).measured, "0.99x (0.99–0.99), redis-benchmark is absent");
    assert.equal(byLoadOnly(1).outcome, "missed");
  });

  test("are about the node that stores too", () => {
    const ways = { local: base, routed: base, "routed, no store": { rate: 1 } };
    for (const { outcome } of routedVerdicts(measuredOf(["get", 16], ways))) {
      assert.equal(outcome, "met");
    }
  });

  test("ask for the owner's CPU time at pipeline 1 only", () => {
    const measured = measuredOf(["get", 16], { local: base, routed: base });
    assert.equal(routedVerdicts(measured).length, 1);
  });
});

const FROZEN_TO_ALONE = /is frozen: .* while nobody asks for it$/u;
const FROZEN_TO_LIVES = /is frozen: .* while it lives$/u;
const DEAD_TO_ALONE = /is dead: .* while nobody asks for it$/u;
const besideCases: readonly [
  what: string,
  made: { readonly lives?: Made; readonly frozen?: Made; readonly dead?: Made },
  claim: RegExp,
  outcome: Verdict["outcome"],
][] = [
  ["fast", { frozen: { rate: 97 } }, FROZEN_TO_ALONE, "met"],
  ["slow", { frozen: { rate: 96 } }, FROZEN_TO_ALONE, "missed"],
  ["slow by the tool", { frozen: { rate: 97, byTool: 96 } }, FROZEN_TO_ALONE, "missed"],
  ["slow beside a dead one", { dead: { rate: 96 } }, DEAD_TO_ALONE, "missed"],
  [
    "as slow as beside one that lives",
    { lives: { rate: 50 }, frozen: { rate: 50 } },
    FROZEN_TO_LIVES,
    "met",
  ],
  [
    "as slow as beside one that lives, and slower than alone",
    { lives: { rate: 50 }, frozen: { rate: 50 } },
    FROZEN_TO_ALONE,
    "missed",
  ],
  ["slower than beside one that lives", { frozen: { rate: 96 } }, FROZEN_TO_LIVES, "missed"],
];

suite("besideVerdicts()", () => {
  for (const [what, { lives = base, frozen = base, dead = base }, claim, outcome] of besideCases) {
    test(`${what}: ${outcome}`, () => {
      const ways = { alone: base, lives, "is frozen": frozen, "is dead": dead };
      const verdicts = besideVerdicts(measuredOf(["get", 1], ways));
      assert.equal(verdicts.length, 4);
      assert.equal(only(verdicts, claim).outcome, outcome);
    });
  }
});

suite("the tables of routed", () => {
  const ways = {
    local: base,
    routed: { rate: 80, byTool: 90, cpu: 45 },
    "routed, no store": { rate: 70 },
    alone: base,
    lives: { rate: 50 },
    "is frozen": { rate: 25, byTool: 20 },
    "is dead": { rate: 50 },
  };
  const measured = measuredOf(["get", 16], ways);

  test("compare each way with local under the same traffic and generator", () => {
    const rows = routedTable("", measured, "load").rows;
    assert.deepEqual(
      rows.map((row) => [row.at(2), row.at(5), row.at(-2), row.at(-1)]),
      [
        ["local", "", "1", "1"],
        ["routed", "7.00 us", "0.80x (0.80–0.80)", "0.50x (0.50–0.50)"],
        ["routed, no store", "7.00 us", "0.70x (0.70–0.70)", "1.00x (1.00–1.00)"],
      ],
    );
    const byTool = routedTable("", measured, "redis-benchmark").rows;
    assert.equal(byTool[1]?.at(-2), "0.90x (0.90–0.90)");
  });

  test("compare what is beside with what is alone, and with one that lives", () => {
    const rows = besideTable("", measured, "redis-benchmark").rows;
    assert.deepEqual(
      rows.map((row) => [row.at(2), row.at(-2), row.at(-1)]),
      [
        ["alone", "1", "2.00x (2.00–2.00)"],
        ["lives", "0.50x (0.50–0.50)", "1"],
        ["is frozen", "0.20x (0.20–0.20)", "0.40x (0.40–0.40)"],
        ["is dead", "0.50x (0.50–0.50)", "1.00x (1.00–1.00)"],
      ],
    );
  });
});
