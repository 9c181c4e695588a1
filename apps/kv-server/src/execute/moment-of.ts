import type { Expiry } from "./command.ts";

/** When `expiry` is, in whole Unix milliseconds: `Infinity` for never. Kept to what a store can hold. */
export function momentOf(expiry: Expiry, nowMs: number): number {
  if (expiry.type === "never") return Number.POSITIVE_INFINITY;
  const ms = expiry.type === "in" ? nowMs + expiry.ms : expiry.ms;
  return Math.min(Math.max(ms, 0), Number.MAX_SAFE_INTEGER);
}

/** The same as a store is told it: `undefined` for never. */
export function expiresAtOf(expiry: Expiry, nowMs: number): number | undefined {
  return expiry.type === "never" ? undefined : momentOf(expiry, nowMs);
}
