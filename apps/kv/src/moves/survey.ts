import { setImmediate } from "node:timers/promises";
import type { NodeName } from "@kv/cluster";
import type { Cursor, Store } from "@kv/storage";
import { type BucketName, parseBucketName } from "../bucket-name.ts";
import type { CompiledRoutingTable } from "../routing-table.ts";
import type { Held } from "./routing-answer.ts";

/** What a survey reads of a store. */
export type SurveyedStore = Pick<Store, "listBuckets" | "listKeys" | "describeKey">;

/** What is surveyed. */
export interface SurveyOptions {
  readonly self: NodeName;
  /** Who has which bucket by the table that is asked about. */
  readonly owners: CompiledRoutingTable;
  readonly store: SurveyedStore;
  /** Whether it is served here: the copy of one that is arriving is not. */
  readonly isServed: (bucket: BucketName) => boolean;
}

/** Keys that are looked at between two turns of the event loop. */
const portion = 500;

/**
 * Counts what a node holds that a table gives to others, in portions: requests are served between them. What changes meanwhile is
 * counted as it was at some moment of the survey.
 */
export class Survey {
  readonly #options: SurveyOptions;
  readonly #held = new Map<NodeName, { buckets: number; bytes: number }>();
  readonly #steps: AsyncIterator<undefined>;
  #isWhole = false;

  constructor(options: SurveyOptions) {
    this.#options = options;
    this.#steps = this.#walk();
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** What was counted until now, by the node that it goes to. */
  get held(): Held[] {
    return Array.from(this.#held, ([to, counted]) => ({ to, ...counted }));
  }

  /** Goes on until all is counted or `isTimeUp` says so. One call at a time. Rejects with a `StorageError`. */
  async advance(isTimeUp: () => boolean): Promise<void> {
    while (!this.#isWhole) {
      const { done } = await this.#steps.next();
      if (done === true) this.#isWhole = true;
      else if (isTimeUp()) return;
      else await setImmediate();
    }
  }

  async *#walk(): AsyncGenerator<undefined, void> {
    const { self, owners, store, isServed } = this.#options;
    let cursor: Cursor | undefined;
    do {
      const { outcome } = await store.listBuckets({ cursor, limit: portion });
      cursor = outcome.page.next;
      yield;
      for (const { bucket: bytes } of outcome.page.entries) {
        const bucket = parseBucketName(bytes);
        const to = owners[bytes[0] ?? 0];
        if (bucket === undefined || to === undefined || to === self || !isServed(bucket)) continue;
        const counted = this.#held.get(to) ?? { buckets: 0, bytes: 0 };
        this.#held.set(to, counted);
        counted.buckets++;
        for await (const keyBytes of this.#bytesOf(bucket)) {
          counted.bytes += keyBytes;
          yield;
        }
      }
    } while (cursor !== undefined);
  }

  /** The bytes of keys and values, a portion after the other. */
  async *#bytesOf(bucket: BucketName): AsyncGenerator<number, void> {
    const { store } = this.#options;
    let cursor: Cursor | undefined;
    do {
      const { outcome } = await store.listKeys(bucket, { cursor, limit: portion });
      if (outcome.type === "no-bucket") return;
      cursor = outcome.page.next;
      let bytes = 0;
      for (const { key } of outcome.page.entries) {
        const answer = store.describeKey(bucket, key);
        const { outcome: found } = answer instanceof Promise ? await answer : answer;
        if (found.type === "found") bytes += key.length + found.valueBytes;
      }
      yield bytes;
    } while (cursor !== undefined);
  }
}
