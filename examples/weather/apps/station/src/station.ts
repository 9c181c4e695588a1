import type { Reading } from "./readings.ts";

/** What the station offers to other applications, and to its commands. */
export interface Station {
  readonly scale: "celsius" | "fahrenheit";
  /** Keeps a reading; `false` when as many places have reported as may. */
  report(reading: Reading): boolean;
  /** By place, in alphabetical order. */
  readings(): readonly Reading[];
}
