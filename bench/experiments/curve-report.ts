import type { Operation } from "../data/traffic.ts";
import type { Spread } from "../measure/statistics.ts";
import type { Series, Table, Verdict } from "../report/report.ts";
import { showCount, showRatio } from "../report/units.ts";
import {
  cpuCell,
  cpuRatio,
  hitsOf,
  latencyOf,
  rateCell,
  ratioCell,
  starNote,
  wallRatio,
} from "./compare.ts";
import type { Cell } from "./measure-all.ts";

/** Traffic to a population of `keys` keys. */
export interface CurveCell extends Cell {
  readonly keys: number;
}

/** The same, measured. */
export type MeasuredSize = CurveCell & Series;

const MOST_COST = 1.5;

/** A row for each traffic and size, compared to the smallest size. */
export function costTable(title: string, measured: readonly MeasuredSize[]): Table {
  const optional = [latencyOf(measured), hitsOf(measured)];
  return {
    title,
    columns: [
      ["access", "", "keys", "rate", "CPU/op"],
      optional.flatMap(({ columns }) => columns),
      ["time/op to smallest", "CPU/op to smallest"],
    ].flat(),
    rows: measured.map((row) => {
      const base = smallest(measured, row);
      const { access, operation } = row.traffic;
      const traffic = [access.type, operation, showCount(row.keys)];
      const figures = optional.flatMap(({ cells }) => cells(row));
      const ratios = [ratioCell(wallRatio, row, base), ratioCell(cpuRatio, row, base)];
      return [traffic, rateCell(row), cpuCell(row), figures, ratios].flat();
    }),
    notes: starNote(measured),
  };
}

/** What was measured through a server, and why not all sizes were. */
export interface MeasuredSizes {
  readonly measured: readonly MeasuredSize[];
  readonly problem: string | undefined;
}

/** Of hot access to `keys` keys: both the time on the clock and the time on the CPU have to keep within the target. */
export function costVerdict(operation: Operation, keys: number, sizes: MeasuredSizes): Verdict {
  const rows = sizes.measured.filter(
    ({ traffic }) => traffic.access.type === "hot" && traffic.operation === operation,
  );
  const [base, largest] = [rows.at(0), rows.at(-1)];
  const from = base === undefined ? "few" : showCount(base.keys);
  const claim = `cost of a ${operation} through the server, ${showCount(keys)} keys to ${from}, at most ${MOST_COST}x`;
  if (base === undefined || largest === undefined || sizes.problem !== undefined) {
    return { claim, measured: sizes.problem ?? "nothing was measured", outcome: "missed" };
  }
  const [wall, cpu] = [wallRatio(largest, base), cpuRatio(largest, base)];
  return {
    claim,
    measured: `time ${showRatio(wall)}, CPU ${showRatio(cpu)}`,
    outcome: isWithin(wall) && isWithin(cpu) ? "met" : "missed",
  };
}

/** A ratio that the system does not tell is no reason to fail. */
function isWithin(ratio: Spread): boolean {
  return Number.isNaN(ratio.median) || ratio.median <= MOST_COST;
}

/** The smallest population's figures for the same traffic. */
function smallest(measured: readonly MeasuredSize[], { traffic }: CurveCell): MeasuredSize {
  const found = measured.find(
    (other) =>
      other.traffic.access.type === traffic.access.type &&
      other.traffic.operation === traffic.operation,
  );
  if (found === undefined) throw new Error(`Nothing was measured to compare with`);
  return found;
}
