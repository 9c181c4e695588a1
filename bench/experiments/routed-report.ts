import type { Traffic } from "../data/traffic.ts";
import { frontCpuUsPerOperation } from "../measure/measurement.ts";
import { median } from "../measure/statistics.ts";
import type { Series, Table } from "../report/report.ts";
import { showUs } from "../report/units.ts";
import {
  cpuCell,
  cpuRatio,
  LATENCY,
  rateCell,
  ratioCell,
  starNote,
  throughputRatio,
} from "./compare.ts";
import type { Cell } from "./measure-all.ts";
import type { Generator } from "./redis-contenders.ts";

/** By which way the requests go to the owner of what they are about. */
export type RoutedWay = "local" | "routed" | "routed, no store";

/** What others meanwhile ask the same node for: nothing, or a bucket of a node that … */
export type BesideWay = "alone" | "lives" | "is frozen" | "is dead";

/** Either. */
export type Way = RoutedWay | BesideWay;

/** One generator's traffic by one way. */
export interface RoutedCell extends Cell {
  readonly generator: Generator;
  readonly way: Way;
}

/** The same, measured. */
export type MeasuredWay = RoutedCell & Series;

/** What was measured by `way` with the traffic and the generator of `row`. */
export function wayBeside(
  measured: readonly MeasuredWay[],
  row: MeasuredWay,
  way: Way,
): MeasuredWay {
  const found = measured.find(
    (other) =>
      other.way === way &&
      other.generator === row.generator &&
      other.traffic.operation === row.traffic.operation &&
      other.traffic.pipeline === row.traffic.pipeline,
  );
  if (found === undefined) throw new Error(`Nothing was measured that is "${way}"`);
  return found;
}

/** The ways to an owner, each compared with clients of its own. */
export function routedTable(
  title: string,
  measured: readonly MeasuredWay[],
  generator: Generator,
): Table {
  const rows = measured.filter((row) => row.generator === generator && isRouted(row.way));
  return {
    title,
    columns: [
      ["", "clients", "way", "rate", "owner's CPU/op", "front's CPU/op"],
      LATENCY.columns,
      ["rate to local", "owner's CPU/op to local"],
    ].flat(),
    rows: rows.map((row) => {
      const local = wayBeside(measured, row, "local");
      return [
        [row.traffic.operation, clients(row.traffic), row.way, rateCell(row), cpuCell(row)],
        [row === local ? "" : showUs(median(row.rounds.map(frontCpuUsPerOperation)))],
        LATENCY.cells(row),
        [ratioCell(throughputRatio, row, local), ratioCell(cpuRatio, row, local)],
      ].flat();
    }),
    notes: [
      "routed: clients of a node that stores none of the keys; no store: of one that stores nothing at all. Both nodes and the generator share the machine's cores.",
      ...starNote(rows),
    ],
  };
}

/** A node's own traffic beside others' requests, compared with the same without those, and with one whose answers come. */
export function besideTable(
  title: string,
  measured: readonly MeasuredWay[],
  generator: Generator,
): Table {
  const rows = measured.filter((row) => row.generator === generator && !isRouted(row.way));
  return {
    title,
    columns: [
      ["", "clients", "…", "rate", "CPU/op"],
      LATENCY.columns,
      ["rate to that without them", "rate to that with one that lives"],
    ].flat(),
    rows: rows.map((row) => {
      const alone = wayBeside(measured, row, "alone");
      const lives = wayBeside(measured, row, "lives");
      return [
        [row.traffic.operation, clients(row.traffic), row.way, rateCell(row), cpuCell(row)],
        LATENCY.cells(row),
        [ratioCell(throughputRatio, row, alone), ratioCell(throughputRatio, row, lives)],
      ].flat();
    }),
    notes: [
      "Five others ask the same node for a bucket of that one, each a millisecond after its last answer; alone: nobody does.",
      ...starNote(rows),
    ],
  };
}

function isRouted(way: Way): way is RoutedWay {
  return way === "local" || way === "routed" || way === "routed, no store";
}

function clients({ connections, pipeline }: Pick<Traffic, "connections" | "pipeline">): string {
  return `${connections} x ${pipeline}`;
}
