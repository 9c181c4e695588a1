/**
 * A clock that stands still for the rest of a turn of the event loop once it was asked: a look at `clock` costs as much as a third
 * of all else that is done to ask another node for a key. Deadlines of what is asked in one turn are so counted from its
 * beginning, as links count them too.
 */
export function turnClock(
  clock: () => number,
  endOfTurn: (callback: () => void) => void = setImmediate,
): () => number {
  let nowMs: number | undefined;
  const goOn = (): void => {
    nowMs = undefined;
  };
  return () => {
    if (nowMs === undefined) {
      nowMs = clock();
      endOfTurn(goOn);
    }
    return nowMs;
  };
}
