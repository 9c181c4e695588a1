/** Lets what repeats itself through once in a while, by a key, and counts the rest. It is told the time. */
export class OnceInAWhile {
  readonly #intervalMs: number;
  readonly #seen = new Map<string, { sinceMs: number; heldBack: number }>();

  /** There should be a bounded number of keys. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** How many of this key were held back since the last one that was let through; `undefined` when this one is held back. */
  admit(key: string, nowMs: number): number | undefined {
    const seen = this.#seen.get(key);
    if (seen !== undefined && nowMs - seen.sinceMs < this.#intervalMs) {
      seen.heldBack++;
      return undefined;
    }
    this.#seen.set(key, { sinceMs: nowMs, heldBack: 0 });
    return seen?.heldBack ?? 0;
  }

  /** The next one of this key is let through. */
  forget(key: string): void {
    this.#seen.delete(key);
  }
}

/** What to add to a message when `count` like it were held back. */
export function heldBackText(count: number): string {
  return count === 0 ? "" : ` (and ${count} more like it)`;
}
