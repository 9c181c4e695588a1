import type { Clock } from "../clock.ts";
import { emit } from "../events.ts";

/** An opening that takes longer says how far it is, and again after as long. */
const SILENCE_MS = 2000;

/** Makes the listener that tells, now and then, how far an opening has come. */
export function tellOpening({
  path,
  clock,
}: {
  readonly path: string;
  readonly clock: Clock;
}): (doneBytes: number, totalBytes: number) => void {
  let toldAtMs = clock();
  return (doneBytes, totalBytes) => {
    if (clock() - toldAtMs < SILENCE_MS) return;
    toldAtMs = clock();
    const percent = Math.floor((100 * doneBytes) / Math.max(1, totalBytes));
    const message = `Opening the store at "${path}": ${percent} % of its log is read`;
    emit({ level: "info", type: "opening", message, path, doneBytes, totalBytes });
  };
}
