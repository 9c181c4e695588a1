import type { Clock } from "./clock.ts";

/**
 * The time by `clock`, but never earlier than at a look before: while `clock` is behind what it has
 * shown already, time stands still. Somebody was told that a key has lapsed; a clock that is set
 * back must not bring it back.
 */
export function forwardClock(clock: Clock): Clock {
  let latestMs = Number.NEGATIVE_INFINITY;
  return () => {
    latestMs = Math.max(latestMs, clock());
    return latestMs;
  };
}
