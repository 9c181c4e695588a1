import { randomUUID } from "node:crypto";
import { type Child, unixTimeMs } from "@kv/application";
import { Crowd } from "./crowd.ts";
import type { ClusterOptions, RedisClusterStore } from "@kv/storage/redis-cluster";
import { MemoryStore, openLogStore, type Store, type SyncMode } from "@kv/storage";

/** Which store to open, and where. */
export interface StoreChildOptions {
  /** `none`: there is no store, and never will be. */
  readonly engine: "log" | "memory" | "none" | "redis-cluster";
  /** When the log is synced. */
  readonly sync: SyncMode;
  readonly cacheLimitBytes: number;
  readonly segmentLimitBytes: number;
  readonly deadShareLimit: number;
  readonly deadFloorBytes: number;
  readonly snapshotEveryRecords: number;
  /** The cluster, for the engine `redis-cluster`. */
  readonly cluster?: (() => Promise<ClusterOptions>) | undefined;
  /** Where the log lies. */
  readonly directory: string;
  /** Reads what it needs of a store that has been opened, before anybody is served from it. */
  readonly onOpen?: ((store: Store) => Promise<void>) | undefined;
}

/**
 * The node's own store as a supervised child: `current` is the open store, `undefined` before it is open
 * and from the moment on that it is being closed.
 */
export class StoreChild {
  /** Whom it goes by when it might have the process stand still for a sync. */
  readonly crowd = new Crowd();
  readonly #options: StoreChildOptions;
  #store: Store | undefined;
  #opening = "";
  #cluster: RedisClusterStore | undefined;

  constructor(options: StoreChildOptions) {
    this.#options = options;
  }

  get current(): Store | undefined {
    return this.#store;
  }

  /** The open store, where it lies in a cluster. */
  get cluster(): RedisClusterStore | undefined {
    return this.#store === undefined ? undefined : this.#cluster;
  }

  /** Whether there is to be a store. */
  get isWanted(): boolean {
    return this.#options.engine !== "none";
  }

  /** Another text for each store that was opened; empty before the first. */
  get opening(): string {
    return this.#opening;
  }

  /** When a log is synced; an engine without one syncs nothing. */
  get sync(): SyncMode | undefined {
    return this.#options.engine === "log" ? this.#options.sync : undefined;
  }

  /** Opens the store, if there is to be one; rejects with a `StorageError`. */
  async start(): Promise<Child> {
    const store = await this.#open();
    if (store === undefined) return nothing;
    await this.#options.onOpen?.(store);
    this.#store = store;
    this.#opening = randomUUID();
    return {
      // An engine does not end by itself: when its disk fails it goes on serving reads.
      finished: new Promise(() => {}),
      [Symbol.asyncDispose]: async () => {
        this.#store = undefined;
        await store[Symbol.asyncDispose]();
      },
    };
  }

  async #open(): Promise<Store | undefined> {
    const { engine, onOpen: _, cluster, ...options } = this.#options;
    if (engine === "none") return undefined;
    if (engine === "redis-cluster") {
      if (cluster === undefined) throw new Error("nobody says which cluster");
      // Its client is loaded where it is wanted.
      const { openRedisClusterStore } = await import("@kv/storage/redis-cluster");
      this.#cluster = await openRedisClusterStore(await cluster());
      return this.#cluster;
    }
    if (engine === "memory") return new MemoryStore({ clock: unixTimeMs });
    const mayStandStill = (): boolean => this.crowd.isAtMostOne;
    return openLogStore({ ...options, clock: unixTimeMs, mayStandStill });
  }
}

const nothing: Child = {
  finished: new Promise(() => {}),
  [Symbol.asyncDispose]: async () => {},
};
