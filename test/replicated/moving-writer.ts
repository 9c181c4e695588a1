import assert from "node:assert/strict";
import type { LineClient } from "../harness/line-client.ts";

/** How a client writes, deletes and reads: what it sends, and what comes back when all is well. */
export interface MovingDialect {
  put(bucket: string, key: string, value: string): string;
  delete(bucket: string, key: string): string;
  get(bucket: string, key: string): string;
  /** A line that acknowledges a put or a delete. */
  readonly acknowledged: RegExp;
  /** The lines that answer `get`. */
  answers(value: string | undefined): readonly string[];
}

/** The line protocol. */
export const movingLine: MovingDialect = {
  put: (bucket, key, value) => `PUT ${bucket} ${key} ${value}`,
  delete: (bucket, key) => `DELETE ${bucket} ${key}`,
  get: (bucket, key) => `GET ${bucket} ${key}`,
  acknowledged: /^OK$/u,
  answers: (value = "") => [value, "OK"],
};

/** RESP, by inline commands. */
export const movingResp: MovingDialect = {
  put: (bucket, key, value) => `HSET ${bucket} ${key} ${value}`,
  delete: (bucket, key) => `HDEL ${bucket} ${key}`,
  get: (bucket, key) => `HGET ${bucket} ${key}`,
  acknowledged: /^:[01]$/u,
  answers: (value) => (value === undefined ? ["$-1"] : [`$${value.length}`, value]),
};

/** What a refused write says: it was not applied, and how that ends. */
const FENCED = /^-?ERR(?:OR)? .* takes no writes: it is fenced .* fence off$/u;

/** Keys that a writer has in each bucket. */
const KEYS = 9;

/**
 * A client that writes ever later values to keys of its own, and deletes one now and then, until it is refused because of a fence. Then
 * it waits, and goes on where it is told to. A refused write is surely not applied: what was acknowledged last is what has to be there.
 */
export class MovingWriter {
  readonly #name: string;
  readonly #buckets: readonly string[];
  readonly #latest = new Map<string, string | undefined>();
  readonly #refused = Promise.withResolvers<void>();
  readonly #elsewhere = Promise.withResolvers<void>();
  #client: LineClient;
  #dialect: MovingDialect;
  #acknowledged = 0;
  #isWanted = true;
  #news = Promise.withResolvers<void>();
  #done: Promise<void> | undefined;

  constructor(
    client: LineClient,
    {
      name,
      dialect,
      buckets,
    }: {
      readonly name: string;
      readonly dialect: MovingDialect;
      readonly buckets: readonly string[];
    },
  ) {
    this.#client = client;
    this.#name = name;
    this.#dialect = dialect;
    this.#buckets = buckets;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  start(): this {
    this.#done = this.#run();
    // Whoever waits for it is told, too.
    this.#done.catch((error: unknown) => this.#refused.reject(error));
    this.#refused.promise.catch(() => undefined);
    return this;
  }

  /** Settles when a fence has refused a write; rejects with what was wrong before. */
  async refused(): Promise<void> {
    await this.#refused.promise;
  }

  /** Settles when so many writes more were acknowledged. */
  async more(count: number): Promise<void> {
    const goal = this.#acknowledged + count;
    while (this.#acknowledged < goal) await Promise.race([this.#news.promise, this.#done]);
  }

  /** Goes on there, after a refusal. */
  moveTo(client: LineClient): void {
    this.#client = client;
    this.#elsewhere.resolve();
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#done;
  }

  /** Each key has what was acknowledged last. */
  async audit(client: LineClient): Promise<void> {
    for (const [place, value] of this.#latest) {
      const [bucket = "", key = ""] = place.split(" ");
      const expected = this.#dialect.answers(value);
      const found = await client.ask(this.#dialect.get(bucket, key), expected.length);
      assert.deepEqual(found, expected, `${place}, by ${this.#name}`);
    }
  }

  async #run(): Promise<void> {
    let round = 0;
    while (this.#isWanted) {
      round++;
      const isRefused = await this.#writeRound(round);
      this.#news.resolve();
      this.#news = Promise.withResolvers();
      if (!isRefused) continue;
      this.#refused.resolve();
      await this.#elsewhere.promise;
    }
  }

  /** Whether any of it was refused. */
  async #writeRound(round: number): Promise<boolean> {
    const value = round % 5 === 0 ? undefined : String(round);
    const key = `${this.#name}${round % KEYS}`;
    const dialect = this.#dialect;
    this.#client.sendLines(
      ...this.#buckets.map((bucket) =>
        value === undefined ? dialect.delete(bucket, key) : dialect.put(bucket, key, value),
      ),
    );
    let isRefused = false;
    for (const bucket of this.#buckets) {
      const reply = await this.#client.read();
      if (dialect.acknowledged.test(reply)) {
        this.#latest.set(`${bucket} ${key}`, value);
        this.#acknowledged++;
      } else {
        assert.match(reply, FENCED);
        isRefused = true;
      }
    }
    return isRefused;
  }
}
