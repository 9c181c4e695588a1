import type { ExpiryChange } from "../reply.ts";
import type { ExpiryCondition } from "./command.ts";

/** When something expires now, and when it is to: `undefined` for never. */
export interface Times {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** Why nothing is to be changed; `undefined` when it is. */
export function judgeExpiry(
  times: Times,
  conditions: readonly ExpiryCondition[],
): ExpiryChange | undefined {
  if (times.after === undefined && times.before === undefined) return "unset";
  return conditions.every((condition) => holds(condition, times)) ? undefined : "kept";
}

function holds(condition: ExpiryCondition, { before, after }: Times): boolean {
  switch (condition) {
    case "if-none":
      return before === undefined;
    case "if-some":
      return before !== undefined;
    case "if-later":
      return before !== undefined && (after === undefined || after > before);
    case "if-sooner":
      return after !== undefined && (before === undefined || after < before);
    default:
      return condition satisfies never;
  }
}
