import type { Measurement } from "../measure/measurement.ts";

/** A table as it is printed; each row has a cell for each column. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What one has to know to read it. */
  readonly notes?: readonly string[];
}

/** What was aimed at, and what came of it. */
export interface Verdict {
  readonly claim: string;
  readonly measured: string;
  /** `skipped`: it could not be measured; `measured` says why. */
  readonly outcome: "met" | "missed" | "skipped";
}

/** The figures of one thing that was measured, round by round. */
export interface Series {
  readonly name: string;
  readonly rounds: readonly Measurement[];
}

/** What is to be known of `series` beside its figures: which rounds began while somebody was still at work, if any did. */
export function disturbances(series: readonly Series[]): readonly string[] {
  return series.flatMap(({ name, rounds }) => {
    const found = rounds.flatMap(({ isDisturbed }, at) => (isDisturbed ? [at + 1] : []));
    if (found.length === 0) return [];
    return [`not all processes were quiet before ${name}, round ${found.join(", ")}`];
  });
}

/** What an experiment has to say. */
export interface Report {
  readonly name: string;
  /** What it wants to know. */
  readonly question: string;
  readonly tables: readonly Table[];
  readonly verdicts: readonly Verdict[];
  /** What was not measured, and why; printed loudly. */
  readonly skipped: readonly string[];
  readonly series: readonly Series[];
}

/** A whole run. */
export interface Run {
  readonly date: string;
  readonly machine: string;
  readonly scale: string;
  readonly tookMs: number;
  readonly reports: readonly Report[];
}
