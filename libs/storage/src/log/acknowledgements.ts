import type { Group } from "./group.ts";

/**
 * Tells callers that their writes are safe: at once, or a little later when they have to be slowed
 * down. Clients are closed loops: each has only so much under way before it waits for an answer. The
 * writes themselves are not held back, so nothing that waits for the log ever waits for a release.
 */
export class Acknowledgements {
  /** Asked for every group whether callers are to wait. Whoever says so calls {@link release} when it is over. */
  holdsBack: () => boolean = () => false;
  #held: Group[] = [];

  /** Acknowledges a group that is in the log, now or with the next release; in the order of the calls. */
  give(group: Group): void {
    this.#held.push(group);
    if (!this.holdsBack()) this.release();
  }

  /** Acknowledges everything that was held back. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const group of held) group.acknowledge();
  }
}
