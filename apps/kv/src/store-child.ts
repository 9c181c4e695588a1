import { join } from "node:path";
import type { Child, EnvironmentValues } from "@kv/application";
import { MemoryStore, openLogStore, type Store } from "@kv/storage";
import type { environment } from "./environment.ts";

/**
 * The node's own store as a supervised child: `current` is the open store, `undefined` before it is open
 * and from the moment on that it is being closed.
 */
export class StoreChild {
  readonly #environment: EnvironmentValues<typeof environment>;
  #store: Store | undefined;

  constructor(values: EnvironmentValues<typeof environment>) {
    this.#environment = values;
  }

  get current(): Store | undefined {
    return this.#store;
  }

  /** Opens the store that the environment describes; rejects with a `StorageError`. */
  async start(): Promise<Child> {
    const store = await this.#open();
    this.#store = store;
    return {
      // An engine does not end by itself: when its disk fails it goes on serving reads.
      finished: new Promise(() => {}),
      [Symbol.asyncDispose]: async () => {
        this.#store = undefined;
        await store[Symbol.asyncDispose]();
      },
    };
  }

  async #open(): Promise<Store> {
    const { storage, dataDir, node } = this.#environment;
    if (storage.engine === "memory") return new MemoryStore({ clock: unixTimeMs });
    return openLogStore({ directory: join(dataDir, node), sync: storage.sync, clock: unixTimeMs });
  }
}

function unixTimeMs(): number {
  // tidy-allow: here the store is given the real time
  return Date.now();
}
