import type { Placement } from "./placement.ts";

/** From where the search has gone on already. */
export class Tried {
  readonly #used = new Map<string, (readonly number[])[]>();

  /**
   * Whether it is worth going on from `placement`, and from now on no more: not when it has been here with the same
   * steps placed, the same state, and no more unknown writes used.
   */
  add({ key, used }: Placement): boolean {
    const known = this.#used.get(key);
    if (known === undefined) {
      this.#used.set(key, [used]);
      return true;
    }
    const isNoBetter = known.some((other) => other.every((count, at) => count <= (used[at] ?? 0)));
    if (!isNoBetter) known.push(used);
    return !isNoBetter;
  }
}
