import type { Answer, Answering, Store } from "@kv/storage";
import { bucketNames, bucketOf, drawValues, makeKey, writeKeyDigits } from "../data/population.ts";
import type { Operation } from "../data/traffic.ts";

const VALUE_COUNT = 4_096;

/** What is called. */
export interface Calling {
  readonly operation: Operation;
  /** The keys, asked for in turn, and again from the first. */
  readonly drawn: Uint32Array;
  /** What values are drawn from. */
  readonly seed: number;
}

/** Calls a store, one operation after the other. */
export class Caller {
  readonly #store: Store;
  readonly #operation: Operation;
  readonly #drawn: Uint32Array;
  readonly #values: readonly Uint8Array[];
  /** The engine reads it only during a call, so one array serves all of them. */
  readonly #key = makeKey();
  #at = 0;

  constructor(store: Store, { operation, drawn, seed }: Calling) {
    this.#store = store;
    this.#operation = operation;
    this.#drawn = drawn;
    this.#values = drawValues(VALUE_COUNT, seed);
  }

  /** Resolves when all of `count` operations are answered and durable. */
  async call(count: number): Promise<void> {
    const promised: Promise<Answer<Outcome>>[] = [];
    const durables = new Set<Promise<void>>();
    let last: Promise<void> | undefined;
    for (let called = 0; called < count; called++) {
      const answer = this.#callNext();
      if (answer instanceof Promise) {
        promised.push(answer);
        continue;
      }
      const durable = durableOf(answer);
      // All operations of a group share one promise, and they come one after the other.
      if (durable !== undefined && durable !== last) durables.add(durable);
      last = durable;
    }
    for (const answer of await Promise.all(promised)) {
      const durable = durableOf(answer);
      if (durable !== undefined) durables.add(durable);
    }
    await Promise.all(durables);
  }

  #callNext(): Answering<Outcome> {
    const at = this.#at;
    const index = this.#drawn[at % this.#drawn.length] ?? 0;
    this.#at = at + 1;
    writeKeyDigits(this.#key, 0, index);
    const bucket = bucketNames[bucketOf(index)] ?? this.#key;
    const isPut = this.#operation === "put" || (this.#operation === "mixed" && at % 2 === 0);
    if (!isPut) return this.#store.get(bucket, this.#key);
    const value = this.#values[at % VALUE_COUNT] ?? this.#key;
    return this.#store.put(bucket, [{ key: this.#key, value }]);
  }
}

interface Outcome {
  readonly type: string;
}

/** What `answer` waits for; throws when it is not the one that was expected. */
function durableOf({ outcome, durable }: Answer<Outcome>): Promise<void> | undefined {
  if (outcome.type === "found" || outcome.type === "stored") return durable;
  throw new Error(`The store lacks a key: ${outcome.type}`);
}
