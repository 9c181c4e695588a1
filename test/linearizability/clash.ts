/**
 * What can be seen to be wrong without a search, after Gibbons and Korach ("Testing Shared Memories", 1997).
 *
 * A value is in the key once, and for one stretch of time. When one of the operations that write it or see it was over
 * before another one of them was called, then the value was there all the time between: its *zone*. Two zones do not
 * overlap, and within the zone of a value nothing else is written.
 */
import type { Plan, Step } from "./plan.ts";
import { isPure, type State, shown, written } from "./rule.ts";

/** The operations that write or see one value, or one that makes another value go. */
interface Cluster {
  /** The first of them was over then. */
  readonly from: number;
  /** The last of them was called then. Where that is before `from`, all of them may be one moment in between. */
  readonly to: number;
}

/** Whether something is found to be wrong this way; much that is wrong is not. */
export function hasClash({ steps }: Plan): boolean {
  const clusters = clustersOf(steps);
  const zones = clusters
    .filter(({ from, to }) => from < to)
    .toSorted((one, other) => one.from - other.from);
  for (const [index, zone] of zones.entries()) {
    const next = zones[index + 1];
    if (next !== undefined && next.from < zone.to) return true;
  }
  return clusters.some(({ from, to }) => {
    const zone = from < to ? undefined : lastBefore(zones, to);
    return zone !== undefined && from < zone.to;
  });
}

/** The last of `zones`, which are in order and apart, that begins before `moment`. */
function lastBefore(zones: readonly Cluster[], moment: number): Cluster | undefined {
  return zones.findLast(({ from }) => from < moment);
}

function clustersOf(steps: readonly Step[]): readonly Cluster[] {
  const byState = new Map<State, Step[]>();
  const alone: Step[] = [];
  for (const step of steps) {
    const states = [shown(step.rule), written(step.rule)].filter((state) => state !== undefined);
    for (const state of states) {
      const known = byState.get(state);
      if (known === undefined) byState.set(state, [step]);
      else known.push(step);
    }
    // One that shows a value and leaves another belongs to both of these.
    if (states.length === 0 && !isPure(step.rule)) alone.push(step);
  }
  return [...byState.values(), ...alone.map((step) => [step])].map((members) => ({
    from: Math.min(...members.map(({ dueAt }) => dueAt)),
    to: Math.max(...members.map(({ callAt }) => callAt)),
  }));
}
