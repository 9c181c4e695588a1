import type { Store } from "@kv/storage";
import { answered } from "./answered.ts";
import { systemBucket } from "./system-bucket.ts";

/** What a node writes down of moves. A node without a store remembers as long as it runs: nothing is to be waited for there. */
export class Notes {
  readonly #store: () => Store | "none" | undefined;
  /** One that is open, and not shown to anybody yet. */
  #loading: Store | undefined;
  #latest: Promise<void> | undefined;

  constructor(store: () => Store | "none" | undefined) {
    this.#store = store;
  }

  /** Resolves when all that was written is durable; `undefined` when it is. */
  get durable(): Promise<void> | undefined {
    return this.#latest;
  }

  /** Writes to `store` what is written while `load` makes ready. */
  async whileLoading(store: Store, load: () => Promise<void>): Promise<void> {
    this.#loading = store;
    try {
      await load();
    } finally {
      this.#loading = undefined;
    }
  }

  /** Writes `value` as JSON. */
  write(key: Uint8Array, value: unknown): Promise<void> | undefined {
    const store = this.#store() ?? this.#loading;
    if (store === undefined || store === "none") return undefined;
    answered(store.createBucket(systemBucket));
    const field = { key, value: Buffer.from(JSON.stringify(value)) };
    return this.#keep(answered(store.put(systemBucket, [field])).durable);
  }

  /** All of `keys` or, after a crash, none of them. */
  erase(...keys: readonly Uint8Array[]): Promise<void> | undefined {
    const store = this.#store() ?? this.#loading;
    if (store === undefined || store === "none") return undefined;
    return this.#keep(answered(store.delete(systemBucket, keys)).durable);
  }

  #keep(durable: Promise<void> | undefined): Promise<void> | undefined {
    this.#latest = durable;
    return durable;
  }
}
