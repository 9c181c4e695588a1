import type { Series, Table } from "../report/report.ts";
import {
  cpuCell,
  cpuRatio,
  latencyCells,
  rateCell,
  ratioCell,
  throughputRatio,
} from "./compare.ts";

/** The same traffic with and without compaction. */
export interface CompactionShare {
  /** Which traffic. */
  readonly of: string;
  readonly without: Series;
  readonly compacting: Series;
}

/** What one way of compacting showed. */
export interface CompactionFindings {
  /** When it compacts. */
  readonly how: string;
  readonly shares: readonly CompactionShare[];
  readonly tables: readonly Table[];
  /** Why nothing was measured. */
  readonly problem: string | undefined;
}

/** Two rows for each traffic. */
export function compactionTable(
  title: string,
  shares: readonly CompactionShare[],
  notes: readonly string[],
): Table {
  return {
    title,
    columns: [
      "",
      "compaction",
      "rate",
      "CPU/op",
      "p50",
      "p99",
      "max",
      "rate to without",
      "CPU/op to without",
    ],
    rows: shares.flatMap(({ of, without, compacting }) =>
      [without, compacting].map((row) =>
        [
          [of, row === without ? "without" : "with"],
          rateCell(row),
          cpuCell(row),
          latencyCells(row),
          [ratioCell(throughputRatio, row, without), ratioCell(cpuRatio, row, without)],
        ].flat(),
      ),
    ),
    notes,
  };
}
