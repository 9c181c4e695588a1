import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Operation } from "../data/traffic.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { Verdict } from "../report/report.ts";
import type { Generator, Side } from "./redis-contenders.ts";
import { type MeasuredPairing, pairingTable } from "./redis-report.ts";
import { absentVerdicts, pairingVerdicts } from "./redis-verdicts.ts";

/** What each side came to; Redis makes 100 operations in a second, at 100 us of CPU time each. */
interface Made {
  /** Over RESP, by the load generator. */
  readonly rate: number;
  readonly byTool?: number;
  readonly byLine?: number;
  /** In microseconds for an operation. */
  readonly cpu?: number;
}

const RATE = 100;

function measurement(rate: number, cpu: number): Measurement {
  return {
    operations: rate,
    elapsedMs: 1_000,
    cpuUs: cpu * rate,
    latencyUs: { p50: 1, p99: 2, max: 3 },
    generatorCpuUs: undefined,
    cacheHits: undefined,
  };
}

function measuredOf(
  traffic: { operation: Operation; connections: number; pipeline: number },
  { rate, byTool = rate, byLine = rate, cpu = RATE }: Made,
): readonly MeasuredPairing[] {
  const row = (generator: Generator, side: Side, figures: Measurement): MeasuredPairing => ({
    name: `${generator}, ${side}`,
    generator,
    side,
    mode: "always",
    subject: { measure: () => Promise.resolve(figures), sweep: () => Promise.resolve() },
    traffic: { ...traffic, keys: 10, access: { type: "uniform" } },
    rounds: [figures, figures],
  });
  return [
    row("load", "node, RESP", measurement(rate, cpu)),
    row("load", "node, line", measurement(byLine, cpu)),
    row("load", "redis-server", measurement(RATE, 100)),
    row("redis-benchmark", "node, RESP", measurement(byTool, cpu)),
    row("redis-benchmark", "redis-server", measurement(RATE, 100)),
  ];
}

const pipelined = { operation: "get", connections: 50, pipeline: 16 } as const;
const single = { operation: "put", connections: 50, pipeline: 1 } as const;
const alone = { operation: "put", connections: 1, pipeline: 1 } as const;

function verdictAbout(measured: readonly MeasuredPairing[], claim: RegExp): Verdict {
  const found = pairingVerdicts(measured).filter((verdict) => claim.test(verdict.claim));
  assert.equal(found.length, 1);
  return found[0] ?? assert.fail();
}

const cases: readonly [what: string, Parameters<typeof measuredOf>, RegExp, Verdict["outcome"]][] =
  [
    ["pipelined, fast", [pipelined, { rate: 120 }], /^gets at pipeline 16, always/u, "met"],
    ["pipelined, slow", [pipelined, { rate: 119 }], /^gets at pipeline 16, always/u, "missed"],
    [
      "pipelined, slow by the tool",
      [pipelined, { rate: 150, byTool: 119 }],
      /^gets at pipeline 16, always/u,
      "missed",
    ],
    ["alone, fast", [alone, { rate: 80 }], /^puts of one connection, always/u, "met"],
    ["alone, slow", [alone, { rate: 79 }], /^puts of one connection, always/u, "missed"],
    ["single", [single, { rate: 100, cpu: 110 }], /^aim: puts at pipeline 1, /u, "met"],
    ["single, slow", [single, { rate: 99 }], /^aim: puts at pipeline 1, /u, "missed"],
    ["single, dear", [single, { rate: 101, cpu: 111 }], /^aim: puts at pipeline 1, /u, "missed"],
    ["line", [single, { rate: 100, byLine: 95 }], /^aim: puts over the line/u, "met"],
    ["line, slow", [single, { rate: 100, byLine: 94 }], /^aim: puts over the line/u, "missed"],
  ];

suite("pairingVerdicts()", () => {
  for (const [what, made, claim, outcome] of cases) {
    test(`${what}: ${outcome}`, () => {
      assert.equal(verdictAbout(measuredOf(...made), claim).outcome, outcome);
    });
  }

  test("shows what both generators found", () => {
    const measured = measuredOf(pipelined, { rate: 130, byTool: 140 });
    assert.equal(
      verdictAbout(measured, /^gets at pipeline 16/u).measured,
      "1.30x (1.30–1.30), by redis-benchmark 1.40x (1.40–1.40)",
    );
  });

  test("does not ask for CPU time that the system does not tell", () => {
    const measured = measuredOf(single, { rate: 100, cpu: Number.NaN });
    assert.equal(verdictAbout(measured, /^aim: puts at pipeline 1, /u).outcome, "met");
  });
});

suite("absentVerdicts()", () => {
  test("skips every target, and says why", () => {
    for (const { outcome, measured } of absentVerdicts("no redis-server")) {
      assert.deepEqual([outcome, measured], ["skipped", "no redis-server"]);
    }
    assert.equal(absentVerdicts("").length, 3);
  });
});

suite("pairingTable()", () => {
  test("compares each side with redis-server under the same traffic and generator", () => {
    const measured = measuredOf(pipelined, { rate: 130, byLine: 120, byTool: 140, cpu: 50 });
    const byLoad = pairingTable("", measured, "load").rows;
    assert.deepEqual(
      byLoad.map((row) => [row.at(3), row.at(-2), row.at(-1)]),
      [
        ["node, RESP", "1.30x (1.30–1.30)", "0.50x (0.50–0.50)"],
        ["node, line", "1.20x (1.20–1.20)", "0.50x (0.50–0.50)"],
        ["redis-server", "1", "1"],
      ],
    );
    const byTool = pairingTable("", measured, "redis-benchmark").rows;
    assert.deepEqual(
      byTool.map((row) => row.at(-2)),
      ["1.40x (1.40–1.40)", "1"],
    );
  });
});
