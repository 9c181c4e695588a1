import type { Series, Table } from "../report/report.ts";
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
import type { Generator, Side } from "./redis-contenders.ts";

/** Traffic from one generator to one side of a pair. */
export interface PairingCell extends Cell {
  readonly generator: Generator;
  readonly side: Side;
  /** Its name. */
  readonly mode: string;
}

/** The same, measured. */
export type MeasuredPairing = PairingCell & Series;

/** The rows of `generator`, each compared with redis-server under the same traffic. */
export function pairingTable(
  title: string,
  measured: readonly MeasuredPairing[],
  generator: Generator,
): Table {
  const rows = measured.filter((row) => row.generator === generator);
  return {
    title,
    columns: [
      ["", "clients", "sync", "server", "rate", "CPU/op"],
      LATENCY.columns,
      ["rate to Redis'", "CPU/op to Redis'"],
    ].flat(),
    rows: rows.toSorted(byTraffic).map((row) => {
      const { operation, connections, pipeline } = row.traffic;
      const redis = counterpart(measured, row, "redis-server");
      return [
        [operation, `${connections} x ${pipeline}`, row.mode, row.side],
        [rateCell(row), cpuCell(row), ...LATENCY.cells(row)],
        [ratioCell(throughputRatio, row, redis), ratioCell(cpuRatio, row, redis)],
      ].flat();
    }),
    notes: starNote(rows),
  };
}

/** What was measured of `side` under the traffic of `row`, in the same mode and by the same generator. */
export function counterpart(
  measured: readonly MeasuredPairing[],
  { generator, mode, traffic }: PairingCell,
  side: Side,
): MeasuredPairing {
  const found = measured.find(
    (other) =>
      other.side === side &&
      other.generator === generator &&
      other.mode === mode &&
      other.traffic.operation === traffic.operation &&
      other.traffic.connections === traffic.connections &&
      other.traffic.pipeline === traffic.pipeline,
  );
  if (found === undefined) throw new Error(`Nothing was measured of ${side} to compare with`);
  return found;
}

/** Gets first, and the same traffic of all modes together; modes and sides in the order they were measured in. */
function byTraffic(a: PairingCell, b: PairingCell): number {
  const rank = ({ traffic }: PairingCell): number =>
    (traffic.operation === "get" ? 0 : 1_000) + (traffic.connections === 1 ? 0 : traffic.pipeline);
  return rank(a) - rank(b);
}
