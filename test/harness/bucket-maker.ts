import assert from "node:assert/strict";
import type { LineClient } from "./line-client.ts";

/**
 * A client of the line protocol that makes one bucket after the other, puts a key into it and reads that, all in one pipeline: it has to
 * be answered in order, and no bucket may be made twice, each time without what the other one has.
 */
export class BucketMaker {
  readonly #client: LineClient;
  readonly #name: string;
  readonly #letters: readonly string[];
  readonly #made: string[] = [];
  #isWanted = true;
  #done: Promise<void> | undefined;

  constructor(client: LineClient, { name, letters }: { name: string; letters: readonly string[] }) {
    this.#client = client;
    this.#name = name;
    this.#letters = letters;
  }

  get made(): readonly string[] {
    return this.#made;
  }

  /** Makes buckets until {@link BucketMaker.stop}. */
  start(): this {
    this.#done = this.#run();
    this.#done.catch(() => undefined);
    return this;
  }

  /** Makes no more; rejects with what was wrong. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#done;
  }

  /** Every bucket is there, with its key. */
  async audit(client: LineClient): Promise<void> {
    for (const bucket of this.#made) {
      assert.deepEqual(await client.ask(`GET ${bucket} key`, 2), [bucket, "OK"], bucket);
    }
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      const round = this.#made.length;
      const buckets = this.#letters.map((letter) => `${letter}${this.#name}${round}`);
      // In writes of their own, so that they may arrive apart.
      for (const bucket of buckets) {
        this.#client.sendLines(`CREATE ${bucket}`, `PUT ${bucket} key ${bucket}`);
        this.#client.sendLines(`GET ${bucket} key`);
      }
      for (const bucket of buckets) {
        assert.deepEqual(await this.#client.readMany(4), ["OK", "OK", bucket, "OK"]);
        this.#made.push(bucket);
      }
    }
  }
}
