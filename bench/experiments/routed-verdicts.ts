import type { Spread } from "../measure/statistics.ts";
import type { Verdict } from "../report/report.ts";
import { showRatio } from "../report/units.ts";
import { cpuRatio, throughputRatio } from "./compare.ts";
import { type BesideWay, type MeasuredWay, wayBeside } from "./routed-report.ts";

/** What is to be reached: throughput to that of local traffic, by pipeline, and the owner's CPU time for an operation. */
const LEAST_RATE: Readonly<Record<number, number>> = { 1: 0.9, 16: 0.85 };
const MOST_OWNER_CPU = 1 / 3;
/** Of the rate that a node's own keys are asked for at without those who ask for the dead or frozen one's. */
const LEAST_BESIDE = 0.97;

/**
 * Of the node that stores too: that is the ordinary one. Met is what both generators say is; what redis-benchmark was not
 * asked about, because it is absent, is missed or skipped, never met.
 */
export function routedVerdicts(measured: readonly MeasuredWay[]): readonly Verdict[] {
  const rows = ofLoad(measured, ["routed"]);
  return [
    ...rows.map((row) => {
      const { operation, pipeline } = row.traffic;
      const least = LEAST_RATE[pipeline] ?? 1;
      return verdictOf(measured, row, {
        claim: `routed ${operation}s at pipeline ${pipeline}: at least ${least}x the rate of local ones`,
        ratio: (each) => throughputRatio(each, wayBeside(measured, each, "local")),
        isMet: (ratio) => ratio >= least,
      });
    }),
    ...rows
      .filter(({ traffic }) => traffic.pipeline === 1)
      .map((row) =>
        verdictOf(measured, row, {
          claim: `routed ${row.traffic.operation}s at pipeline 1: at most a third of a local one's CPU/op for the owner`,
          ratio: (each) => cpuRatio(each, wayBeside(measured, each, "local")),
          isMet: (ratio) => ratio <= MOST_OWNER_CPU,
        }),
      ),
  ];
}

/** To the same traffic without those others, which is the target, and to that beside others who are answered. */
export function besideVerdicts(measured: readonly MeasuredWay[]): readonly Verdict[] {
  const bases: readonly (readonly [BesideWay, string])[] = [
    ["alone", "while nobody asks for it"],
    ["lives", "while it lives"],
  ];
  return ofLoad(measured, ["is frozen", "is dead"]).flatMap((row) =>
    bases.map(([base, when]) =>
      verdictOf(measured, row, {
        claim: `a node's own keys at pipeline ${row.traffic.pipeline}, while another ${row.way}: at least ${LEAST_BESIDE}x the rate ${when}`,
        ratio: (each) => throughputRatio(each, wayBeside(measured, each, base)),
        isMet: (ratio) => ratio >= LEAST_BESIDE,
      }),
    ),
  );
}

function ofLoad(
  measured: readonly MeasuredWay[],
  ways: readonly MeasuredWay["way"][],
): readonly MeasuredWay[] {
  return measured.filter(({ generator, way }) => generator === "load" && ways.includes(way));
}

interface Target {
  readonly claim: string;
  readonly ratio: (row: MeasuredWay) => Spread;
  readonly isMet: (ratio: number) => boolean;
}

/** What both generators say of it. */
function verdictOf(
  measured: readonly MeasuredWay[],
  row: MeasuredWay,
  { claim, ratio, isMet }: Target,
): Verdict {
  const hasTool = measured.some(({ generator }) => generator === "redis-benchmark");
  const byLoad = ratio(row);
  const byTool = hasTool
    ? ratio(wayBeside(measured, { ...row, generator: "redis-benchmark" }, row.way))
    : undefined;
  const told = [byLoad, ...(byTool === undefined ? [] : [byTool])];
  if (told.some(({ median }) => Number.isNaN(median))) {
    return { claim, measured: "the system does not tell", outcome: "skipped" };
  }
  const tool =
    byTool === undefined ? "redis-benchmark is absent" : `by redis-benchmark ${showRatio(byTool)}`;
  const areMet = told.every(({ median }) => isMet(median));
  const outcome = !areMet ? "missed" : hasTool ? "met" : "skipped";
  return { claim, measured: `${showRatio(byLoad)}, ${tool}`, outcome };
}
