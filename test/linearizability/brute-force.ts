import type { Operation } from "./operation.ts";

/**
 * Whether a history is linearizable, found by trying all orders: a second opinion on `checkHistory()`, which shares
 * nothing with it. For some eight operations.
 */
export function isLinearizableByForce(history: readonly Operation[]): boolean {
  return canEnd(
    history.filter(({ outcome }) => outcome.type !== "failed"),
    undefined,
  );
}

function canEnd(left: readonly Operation[], held: string | undefined): boolean {
  if (left.every(({ outcome }) => outcome.type === "unknown")) return true;
  return left.some((operation, index) => {
    const others = left.toSpliced(index, 1);
    if (others.some((other) => isBefore(other, operation, left))) return false;
    const next = effectOf(operation, held);
    return next !== undefined && canEnd(others, next.held);
  });
}

/** Whether `one` has to come before `other`: it had returned, or its client had asked for it first. */
function isBefore(one: Operation, other: Operation, all: readonly Operation[]): boolean {
  if (one.outcome.type === "unknown") return false;
  if (one.returnAt < other.callAt) return true;
  if (one.client !== other.client || other.outcome.type === "unknown") return false;
  return all.indexOf(one) < all.indexOf(other);
}

/** What the key holds after `operation`, if that can be how it went. */
function effectOf(
  { action, outcome }: Operation,
  held: string | undefined,
): { readonly held: string | undefined } | undefined {
  const result = carryOut({ action, outcome }, held);
  switch (outcome.type) {
    case "unknown":
      return result;
    case "read":
      return outcome.value === held ? result : undefined;
    case "refused":
      return result.isApplied ? undefined : result;
    case "applied": {
      const isFound = held !== undefined;
      const fits = outcome.found === undefined || outcome.found === isFound;
      return result.isApplied && fits ? result : undefined;
    }
    case "failed":
      return undefined;
    default:
      throw new Error("No such outcome");
  }
}

function carryOut(
  { action }: Pick<Operation, "action" | "outcome">,
  held: string | undefined,
): { readonly held: string | undefined; readonly isApplied: boolean } {
  switch (action.type) {
    case "get":
      return { held, isApplied: true };
    case "put":
      return { held: action.value, isApplied: true };
    case "delete":
      return { held: undefined, isApplied: true };
    case "put-if-absent":
      return conditional(held === undefined, action.value, held);
    case "put-if-value":
      return conditional(held === action.expected, action.value, held);
    default:
      throw new Error("No such action");
  }
}

function conditional(
  holds: boolean,
  value: string,
  held: string | undefined,
): { readonly held: string | undefined; readonly isApplied: boolean } {
  return holds ? { held: value, isApplied: true } : { held, isApplied: false };
}
