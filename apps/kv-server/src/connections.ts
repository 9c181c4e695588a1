import type { Client, Clients } from "./client.ts";
import type { Connection } from "./connection.ts";

/** The connections that are there, counted by us: a server loses count when their handles are taken over. */
export class Connections implements Clients {
  readonly #open = new Set<Connection>();
  #emptied: PromiseWithResolvers<void> | undefined;

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): Iterator<Client> {
    return this.#open.values();
  }

  /** Adds a new one. */
  add(connection: Connection): void {
    this.#open.add(connection);
  }

  /** Removes one that is gone. */
  delete(connection: Connection): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#emptied?.resolve();
  }

  /**
   * Ends all of them: no more requests are executed, the replies that are due go out, and what is left after
   * `timeoutMs` is cut. Resolves when the last one is gone, to the number that were cut.
   */
  async drain(timeoutMs: number): Promise<number> {
    if (this.#open.size === 0) return 0;
    this.#emptied = Promise.withResolvers();
    for (const connection of this.#open) connection.drain();
    let cut = 0;
    const timer = setTimeout(() => {
      cut = this.#open.size;
      for (const connection of this.#open) connection.cut();
    }, timeoutMs);
    await this.#emptied.promise;
    clearTimeout(timer);
    return cut;
  }
}
