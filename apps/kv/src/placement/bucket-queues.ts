import type { BucketName } from "../bucket-name.ts";
import { nameKey } from "./system-bucket.ts";

/** What waits its turn at a bucket. */
interface Queue {
  length: number;
  last: Promise<void>;
}

/** Has what is done about one bucket be done one by one, in the order in which it came. */
export class BucketQueues {
  readonly #queues = new Map<string, Queue>();

  /** Whether something is being done about `bucket`, or waits for its turn. */
  isBusy(bucket: BucketName): boolean {
    return this.#queues.size > 0 && this.#queues.has(nameKey(bucket));
  }

  /** Resolves when nothing is being done about `bucket`. */
  async idle(bucket: BucketName): Promise<void> {
    const name = nameKey(bucket);
    for (let queue = this.#queues.get(name); queue !== undefined; queue = this.#queues.get(name)) {
      await queue.last;
    }
  }

  /** Calls `step` when all that came before is over. */
  async inTurn<Result>(bucket: BucketName, step: () => Promise<Result>): Promise<Result> {
    const name = nameKey(bucket);
    const queue = this.#queues.get(name) ?? { length: 0, last: Promise.resolve() };
    this.#queues.set(name, queue);
    const before = queue.last;
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.last = promise;
    queue.length++;
    await before;
    try {
      return await step();
    } finally {
      if (--queue.length === 0) this.#queues.delete(name);
      resolve();
    }
  }
}
