import {
  cpuUsPerOperation,
  generatorShare,
  type Measurement,
  perSecond,
  wallUsPerOperation,
} from "../measure/measurement.ts";
import { median, pairedRatio, type Spread } from "../measure/statistics.ts";
import { showRate, showRatio, showShare, showUs } from "../report/units.ts";

/** What was measured of one thing, round by round. */
interface Rounds {
  readonly rounds: readonly Measurement[];
}

/** Throughput against that of `base`: above 1 is faster. */
export function throughputRatio({ rounds }: Rounds, base: Rounds): Spread {
  return pairedRatio(rounds.map(perSecond), base.rounds.map(perSecond));
}

/** Time on the clock for an operation against that of `base`: below 1 is faster. */
export function wallRatio({ rounds }: Rounds, base: Rounds): Spread {
  return pairedRatio(rounds.map(wallUsPerOperation), base.rounds.map(wallUsPerOperation));
}

/** CPU time for an operation against that of `base`: below 1 is cheaper. */
export function cpuRatio({ rounds }: Rounds, base: Rounds): Spread {
  return pairedRatio(rounds.map(cpuUsPerOperation), base.rounds.map(cpuUsPerOperation));
}

/** How `row` compares to `base`, in words that a table has room for: a base is 1 to itself. */
export function ratioCell<Some extends Rounds>(
  ratio: (rounds: Some, base: Some) => Spread,
  row: Some,
  base: Some,
): string {
  return row === base ? "1" : showRatio(ratio(row, base));
}

/** From this share of a core on the load generator may have been what limited the throughput. */
const BUSY_SHARE = 0.9;

function isGeneratorBusy({ rounds }: Rounds): boolean {
  return median(rounds.map(generatorShare)) > BUSY_SHARE;
}

/** The median throughput, with a star where the load generator was busy all the time. */
export function rateCell(row: Rounds): string {
  return `${showRate(median(row.rounds.map(perSecond)))}${isGeneratorBusy(row) ? "*" : ""}`;
}

/** What the star means, if one of `rows` has it. */
export function starNote(rows: readonly Rounds[]): readonly string[] {
  if (!rows.some(isGeneratorBusy)) return [];
  return [
    "* the load generator used over 90 % of a core: the server could do more, look at its CPU/op",
  ];
}

/** The median CPU time for an operation. */
export function cpuCell({ rounds }: Rounds): string {
  return showUs(median(rounds.map(cpuUsPerOperation)));
}

/** Columns that only some rows can fill; a table without such rows goes without them. */
export interface OptionalColumns {
  readonly columns: readonly string[];
  readonly cells: (row: Rounds) => readonly string[];
}

const NO_COLUMNS: OptionalColumns = { columns: [], cells: () => [] };

/** Medians over the rounds of p50, p99 and the longest of all. */
export const LATENCY: OptionalColumns = {
  columns: ["p50", "p99", "max"],
  cells: ({ rounds }) =>
    (["p50", "p99", "max"] as const).map((name) =>
      showUs(median(rounds.map(({ latencyUs }) => latencyUs?.[name] ?? Number.NaN))),
    ),
};

/** As `LATENCY`, if it was measured in one of `rows`. */
export function latencyOf(rows: readonly Rounds[]): OptionalColumns {
  const isKnown = rows.some(({ rounds }) =>
    rounds.some(({ latencyUs }) => latencyUs !== undefined),
  );
  return isKnown ? LATENCY : NO_COLUMNS;
}

/** The median share of the gets that found their value in memory, if the engine tells it of one of `rows`. */
export function hitsOf(rows: readonly Rounds[]): OptionalColumns {
  const isKnown = rows.some(({ rounds }) =>
    rounds.some(({ cacheHits }) => cacheHits !== undefined),
  );
  return isKnown ? HITS : NO_COLUMNS;
}

const HITS: OptionalColumns = {
  columns: ["from memory"],
  cells: ({ rounds }) => [showShare(median(rounds.map(({ cacheHits = Number.NaN }) => cacheHits)))],
};
