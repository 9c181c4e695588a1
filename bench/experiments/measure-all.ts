import type { Traffic } from "../data/traffic.ts";
import { interleave, type Slot } from "../measure/interleave.ts";
import { usedUsOf, waitForQuiet } from "../measure/quiet.ts";
import type { Measurement } from "../measure/measurement.ts";
import type { Series } from "../report/report.ts";
import type { Bench } from "./experiment.ts";
import type { Subject } from "./subject.ts";

/** Traffic to one subject, and what it is to be called. */
export interface Cell {
  readonly name: string;
  readonly subject: Pick<Subject, "measure" | "sweep">;
  /** Its seed and duration come from the run. */
  readonly traffic: Omit<Traffic, "seed" | "durationMs">;
}

/**
 * Measures all cells in interleaved rounds, after each has run once to warm up, and each subject's keys have been read
 * once. The traffic of a round is drawn anew, the same for all cells. Each measurement begins when no process of the run has
 * anything left to do.
 */
export async function measureAll<Some extends Cell>(
  { scale, progress, seed, workplace }: Bench,
  cells: readonly Some[],
  slotMs = scale.slotMs,
): Promise<readonly (Some & Series)[]> {
  const { rounds, warmUpMs } = scale;
  const swept = new Set<Cell["subject"]>();
  for (const { name, subject, traffic } of cells) {
    progress.tell(`warming up: ${name}`);
    const warmUp = { ...traffic, seed, durationMs: warmUpMs };
    if (!swept.has(subject)) await subject.sweep(warmUp);
    swept.add(subject);
    await subject.measure(warmUp);
  }
  const slots: readonly Slot<Measurement>[] = cells.map(({ name, subject, traffic }) => ({
    name,
    measure: async (round) => {
      const isQuiet = await waitForQuiet({ usedUs: () => usedUsOf(workplace.pids) });
      if (!isQuiet) progress.tell(`round ${round + 1}: not all processes are quiet, going on`);
      const drawn = { ...traffic, seed: seed + round + 1, durationMs: slotMs };
      const measurement = await subject.measure(drawn);
      return isQuiet ? measurement : { ...measurement, isDisturbed: true };
    },
  }));
  const results = await interleave(slots, rounds, ({ name }, round) =>
    progress.tell(`round ${round + 1} of ${rounds}: ${name}`),
  );
  return cells.map((cell, at) => ({ ...cell, rounds: results[at] ?? [] }));
}

/** What goes into a report of `measured`, without the processes. */
export function seriesOf(measured: readonly Series[]): readonly Series[] {
  return measured.map(({ name, rounds }) => ({ name, rounds }));
}
