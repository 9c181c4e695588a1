import type { Expiry } from "./command.ts";

/** When `expiry` is, in whole Unix milliseconds: `undefined` for never. Kept to what a store can hold. */
export function timeOf(expiry: Expiry, nowMs: number): number | undefined {
  if (expiry.type === "never") return undefined;
  const ms = expiry.type === "in" ? nowMs + expiry.ms : expiry.ms;
  return Math.min(Math.max(ms, 0), Number.MAX_SAFE_INTEGER);
}
