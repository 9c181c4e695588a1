import { ProcessEndedError } from "../processes/process-ended-error.ts";
import { showCount } from "../report/units.ts";
import type { Bench } from "./experiment.ts";

/**
 * Does `work` for each population of the cost curve, from small to large, until a process ends over it: an engine that
 * cannot hold so many keys is a finding, and no reason to lose the others. The result names it.
 */
export async function forEachSize(
  { scale, workplace }: Bench,
  work: (keys: number) => Promise<void>,
): Promise<string | undefined> {
  for (const keys of scale.curveKeys) {
    try {
      await work(keys);
    } catch (error) {
      if (!(error instanceof ProcessEndedError) || workplace.isEnding) throw error;
      return `with ${showCount(keys)} keys ${error.message}`;
    }
  }
  return undefined;
}
