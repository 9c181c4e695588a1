import { checkHistory } from "./check-history.ts";
import { cutBefore, type Entry, lessOf, setsState, valuesSeenBy } from "./cut-before.ts";
import type { Operation } from "./operation.ts";

/** What is left of a history that contradicts itself. */
export interface Shrunk {
  /** These operations cannot all have been, whatever the others did; by the time of their calls. */
  readonly operations: readonly Operation[];
  /** How many others there were. */
  readonly others: number;
}

/**
 * The part of `history`, which contradicts itself, that matters. Nothing it does can spoil a good history: what came
 * after the contradiction is cut off, and so is what came before a write that set all to rights; reads that it does
 * without are left out, and of the writes that it does without it is forgotten whether they happened.
 */
export function shrinkHistory(history: readonly Operation[]): Shrunk {
  const entries = thinned(withoutBeginning(firstContradiction(history)));
  const seen = new Set(
    entries.flatMap(({ operation, form }) => (form === "whole" ? valuesSeenBy(operation) : [])),
  );
  // Also the write of a value that was seen and should not have been: one that has failed, say.
  const isShown = ({ operation: { action }, form }: Entry): boolean =>
    form === "whole" || ("value" in action && seen.has(action.value));
  const shown = entries.filter((entry) => isShown(entry));
  return {
    operations: shown
      .map(({ operation }) => operation)
      .toSorted((one, other) => one.callAt - other.callAt),
    others: history.length - shown.length,
  };
}

/** What was called before the contradiction was complete; what had not returned by then is unknown. */
function firstContradiction(history: readonly Operation[]): readonly Entry[] {
  const until = (moment: number): readonly Entry[] =>
    history
      .filter(({ callAt }) => callAt <= moment)
      .map((operation) => {
        const isOpen = operation.outcome.type !== "unknown" && operation.returnAt > moment;
        return isOpen ? lessOf({ operation, form: "whole" }) : { operation, form: "whole" };
      });
  const moments = history.map(({ returnAt }) => returnAt).toSorted((one, other) => one - other);
  let low = 0;
  let high = moments.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBad(until(moments[middle] ?? Infinity))) high = middle;
    else low = middle + 1;
  }
  return until(moments[low] ?? Infinity);
}

/** `entries` from the last write on from which on they still contradict themselves. */
function withoutBeginning(entries: readonly Entry[]): readonly Entry[] {
  const firsts = entries
    .filter((entry) => setsState(entry))
    .toSorted((one, other) => other.operation.callAt - one.operation.callAt);
  for (const first of firsts) {
    const cut = cutBefore(entries, first);
    if (isBad(cut)) return cut;
  }
  return entries;
}

/** `entries`, of which as little is left as will do: tried for many at once, then for fewer. */
function thinned(entries: readonly Entry[]): readonly Entry[] {
  let left = entries;
  for (let size = entries.length; size >= 1; size = Math.floor(size / 2)) {
    for (let begin = left.length - 1; begin >= 0; begin -= size) {
      const less = left.map((entry, index) =>
        index <= begin && index > begin - size ? lessOf(entry) : entry,
      );
      if (isBad(less)) left = less;
    }
  }
  return left;
}

function isBad(entries: readonly Entry[]): boolean {
  const history = entries.flatMap(({ operation, form }): readonly Operation[] => {
    if (form === "dropped") return [];
    return [form === "whole" ? operation : { ...operation, outcome: { type: "unknown" } }];
  });
  try {
    return !checkHistory(history).isLinearizable;
  } catch (error) {
    // Too hard to judge: then it is not known to be bad.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
