import type { Operation } from "../data/traffic.ts";
import { type Spread, spreadOf } from "../measure/statistics.ts";
import { perSecond } from "../measure/measurement.ts";
import type { Verdict } from "../report/report.ts";
import { showRatio } from "../report/units.ts";
import { cpuRatio, throughputRatio } from "./compare.ts";
import { counterpart, type MeasuredPairing } from "./redis-report.ts";

/** Throughput of the node over RESP to that of redis-server, and what the CPU time for an operation may come to. */
const TO_REACH = { pipelined: 1.2, aimPipelined: 1.5, alone: 0.8 } as const;
const AIM_SINGLE = { rate: 1, cpu: 1.1 } as const;
/** The line protocol to RESP: within five per cent. */
const AIM_LINE = 0.95;

const OPERATIONS: readonly Operation[] = ["get", "put"];

/** What was to be reached, when there is nothing to measure it against. */
export function absentVerdicts(reason: string): readonly Verdict[] {
  const claims = [
    pipelinedClaim("gets and puts", "every mode"),
    aloneClaim("always"),
    singleClaim("gets and puts", "every mode"),
  ];
  return claims.map((claim) => ({ claim, measured: reason, outcome: "skipped" }));
}

/** Targets first; a row of them counts as met when both generators say so. */
export function pairingVerdicts(measured: readonly MeasuredPairing[]): readonly Verdict[] {
  const rows = measured.filter(
    ({ generator, side }) => generator === "load" && side === "node, RESP",
  );
  const pipelined = rows.filter(({ traffic }) => traffic.pipeline > 1);
  const alone = rows.filter(({ traffic }) => traffic.connections === 1);
  const single = rows.filter(({ traffic }) => traffic.pipeline === 1 && traffic.connections > 1);
  return [
    ...pipelined.map((row) => {
      const claim = pipelinedClaim(`${row.traffic.operation}s`, row.mode);
      return rateVerdict(measured, row, { claim, least: TO_REACH.pipelined });
    }),
    ...alone
      .filter(({ mode }) => mode === "always")
      .map((row) =>
        rateVerdict(measured, row, { claim: aloneClaim(row.mode), least: TO_REACH.alone }),
      ),
    ...single.map((row) => singleVerdict(measured, row)),
    ...OPERATIONS.map((operation) => lineVerdict(measured, operation)),
  ];
}

function pipelinedClaim(what: string, mode: string): string {
  return `${what} at pipeline 16, ${mode}: at least ${TO_REACH.pipelined}x redis-server's rate (aim ${TO_REACH.aimPipelined}x)`;
}

function aloneClaim(mode: string): string {
  return `puts of one connection, ${mode}: at least ${TO_REACH.alone}x redis-server's rate`;
}

function singleClaim(what: string, mode: string): string {
  return `aim: ${what} at pipeline 1, ${mode}: ${AIM_SINGLE.rate.toFixed(1)}x redis-server's rate, at most ${AIM_SINGLE.cpu}x its CPU/op`;
}

interface Bound {
  readonly claim: string;
  readonly least: number;
}

/** The rates of both generators have to reach the bound. */
function rateVerdict(
  measured: readonly MeasuredPairing[],
  row: MeasuredPairing,
  { claim, least }: Bound,
): Verdict {
  const byTool = counterpart(measured, { ...row, generator: "redis-benchmark" }, "node, RESP");
  const [load, tool] = [rateToRedis(measured, row), rateToRedis(measured, byTool)];
  return {
    claim,
    measured: `${showRatio(load)}, by redis-benchmark ${showRatio(tool)}`,
    outcome: load.median >= least && tool.median >= least ? "met" : "missed",
  };
}

function singleVerdict(measured: readonly MeasuredPairing[], row: MeasuredPairing): Verdict {
  const rate = rateToRedis(measured, row);
  const cpu = cpuRatio(row, counterpart(measured, row, "redis-server"));
  // A ratio that the system does not tell is no reason to fail.
  const isCheap = Number.isNaN(cpu.median) || cpu.median <= AIM_SINGLE.cpu;
  return {
    claim: singleClaim(`${row.traffic.operation}s`, row.mode),
    measured: `rate ${showRatio(rate)}, CPU ${showRatio(cpu)}`,
    outcome: rate.median >= AIM_SINGLE.rate && isCheap ? "met" : "missed",
  };
}

/** All rounds of all modes and pipelines together: one of them alone scatters by more than is asked for. */
function lineVerdict(measured: readonly MeasuredPairing[], operation: Operation): Verdict {
  const ratios = measured
    .filter(({ side, traffic }) => side === "node, line" && traffic.operation === operation)
    .flatMap((line) => {
      const resp = counterpart(measured, line, "node, RESP").rounds.map(perSecond);
      return line.rounds.map(perSecond).map((rate, round) => rate / (resp[round] ?? Number.NaN));
    });
  const ratio = spreadOf(ratios);
  return {
    claim: `aim: ${operation}s over the line protocol at least ${AIM_LINE}x the rate over RESP, all modes`,
    measured: showRatio(ratio),
    outcome: ratio.median >= AIM_LINE ? "met" : "missed",
  };
}

function rateToRedis(measured: readonly MeasuredPairing[], row: MeasuredPairing): Spread {
  return throughputRatio(row, counterpart(measured, row, "redis-server"));
}
