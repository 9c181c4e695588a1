import type { Series, Table } from "../report/report.ts";
import { cpuCell, cpuRatio, latencyOf, rateCell, ratioCell, throughputRatio } from "./compare.ts";

/** The same traffic with and without compaction. */
export interface CompactionShare {
  /** Which traffic. */
  readonly of: string;
  readonly without: Series;
  readonly compacting: Series;
}

/** What one way of compacting showed: nothing, and why, or shares of the traffic. */
export type CompactionFindings =
  | { readonly type: "skipped"; readonly reason: string }
  | {
      readonly type: "measured";
      readonly shares: readonly CompactionShare[];
      readonly table: Table;
    };

/** Two rows for each traffic. */
export function compactionTable(
  title: string,
  shares: readonly CompactionShare[],
  notes: readonly string[],
): Table {
  const latency = latencyOf(shares.map(({ without }) => without));
  return {
    title,
    columns: [
      ["", "compaction", "rate", "CPU/op"],
      latency.columns,
      ["rate to without", "CPU/op to without"],
    ].flat(),
    rows: shares.flatMap(({ of, without, compacting }) =>
      [without, compacting].map((row) =>
        [
          [of, row === without ? "without" : "with"],
          rateCell(row),
          cpuCell(row),
          latency.cells(row),
          [ratioCell(throughputRatio, row, without), ratioCell(cpuRatio, row, without)],
        ].flat(),
      ),
    ),
    notes,
  };
}
