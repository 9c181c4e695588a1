import type { Operation } from "./operation.ts";

/** An operation, and how much of it is left: a write that is forgotten may have happened or not. */
export interface Entry {
  readonly operation: Operation;
  readonly form: "whole" | "forgotten" | "dropped";
}

/** `entry` with one thing less to rely on. */
export function lessOf(entry: Entry): Entry {
  if (entry.form !== "whole") return entry;
  const { action, outcome } = entry.operation;
  const isPure = action.type === "get" || outcome.type === "refused" || outcome.type === "failed";
  return { ...entry, form: isPure ? "dropped" : "forgotten" };
}

/** Whether what the key held before `entry` is of no weight behind it: an acknowledged write without a condition. */
export function setsState({ operation: { action, outcome }, form }: Entry): boolean {
  const isWrite = action.type === "put" || action.type === "delete";
  return form === "whole" && isWrite && outcome.type === "applied";
}

/**
 * What is left when the history is looked at from `first` on, which {@link setsState}. What was over before it is left
 * out, and of what went on beside it nothing is known. A good history stays good: in its order, what was left out comes
 * before `first`, and what comes behind `first` finds what it found.
 */
export function cutBefore(entries: readonly Entry[], first: Entry): readonly Entry[] {
  const { callAt, returnAt } = first.operation;
  const seen = new Set(
    entries.flatMap(({ operation }) =>
      operation.callAt > returnAt ? valuesSeenBy(operation) : [],
    ),
  );
  return entries.map((entry) => {
    const { operation } = entry;
    if (entry === first)
      return { ...entry, operation: { ...operation, outcome: { type: "applied" } } };
    if (operation.callAt > returnAt || operation.outcome.type === "unknown") return entry;
    if (operation.returnAt >= callAt) return lessOf(entry);
    // Whoever sees it later sees what is gone. It is kept for the reader, who would look for it.
    const { action } = operation;
    if ("value" in action && seen.has(action.value)) return lessOf(entry);
    return { ...entry, form: "dropped" };
  });
}

/** The values that an operation has to do with beside the one that it writes. */
export function valuesSeenBy({ action, outcome }: Operation): readonly string[] {
  if (outcome.type === "read" && outcome.value !== undefined) return [outcome.value];
  return action.type === "put-if-value" ? [action.expected] : [];
}
