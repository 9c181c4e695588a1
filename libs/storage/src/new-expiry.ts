/**
 * What must hold of when something expires for another time to be set. *if-none*: it lives for ever. *if-some*: it does
 * not. *if-later*, *if-sooner*: the new time is later, or sooner, than the one it has, where for ever is the latest.
 */
export type ExpiryCondition = (typeof expiryConditions)[number];

/** All of them. */
export const expiryConditions = ["if-none", "if-some", "if-later", "if-sooner"] as const;

/** A time that is set only where all conditions hold. */
export interface ConditionalExpiry {
  /** Whole Unix milliseconds; `undefined` lets it live for ever. */
  readonly expiresAtMs: number | undefined;
  readonly conditions: readonly ExpiryCondition[];
}

/** When something is to expire, in whole Unix milliseconds: `undefined` for never, and either on condition. */
export type NewExpiry = number | undefined | ConditionalExpiry;

const NONE: readonly ExpiryCondition[] = [];

/** The time and the conditions of `expiry`, which may have none. */
export function conditionalExpiry(expiry: NewExpiry): ConditionalExpiry {
  return typeof expiry === "object" ? expiry : { expiresAtMs: expiry, conditions: NONE };
}

/** Whether all conditions hold of what expires at `beforeMs`, `undefined` for never. */
export function mayExpire(
  beforeMs: number | undefined,
  { expiresAtMs, conditions }: ConditionalExpiry,
): boolean {
  return conditions.every((condition) => holds(condition, beforeMs, expiresAtMs));
}

function holds(
  condition: ExpiryCondition,
  before: number | undefined,
  after: number | undefined,
): boolean {
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
