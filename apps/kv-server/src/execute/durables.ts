/**
 * What several operations rest on. Most often that is nothing, or one group: then no promise is made of it, and whoever
 * compares by identity finds it again.
 */
export class Durables {
  #first: Promise<void> | undefined;
  /** All of them, once there are several. */
  #several: Set<Promise<void>> | undefined;

  /** Counts what one operation rests on, which may be nothing. */
  add(durable: Promise<void> | undefined): void {
    if (durable === undefined || durable === this.#first) return;
    if (this.#first === undefined) this.#first = durable;
    else (this.#several ??= new Set([this.#first])).add(durable);
  }

  /** Settles when all of them have; `undefined` when there is none. */
  get all(): Promise<void> | undefined {
    return this.#several === undefined ? this.#first : settled(this.#several);
  }
}

async function settled(durables: Iterable<Promise<void>>): Promise<void> {
  await Promise.all(durables);
}
